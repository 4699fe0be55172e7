import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asc, eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { publicJwk } from "../src/auth/access-tokens.js";
import type { Job } from "../src/jobs/job.js";
import { SandboxClock } from "../src/sandbox/sandbox-clock.js";
import { SandboxJobs } from "../src/sandbox/sandbox-jobs.js";
import type { Database } from "../src/storage/database.js";
import { auditAnchor, auditEntry, jobRun, setting } from "../src/storage/tables.js";
import { openTestDatabase } from "./testkit/database.js";
import { JobRunsDocument, SandboxClockAdvanceDocument } from "./testkit/gql/graphql.js";
import { buildHost, buildJob, everyMinute, monthly } from "./testkit/jobs.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const START = "2026-05-20T02:00:00Z";
const instant = (text: string) => Temporal.Instant.from(text);

describe("the clock goes from one due job to the next", () => {
  let database: Database;
  let clock: SandboxClock;
  const seen: string[] = [];
  const note: Job["work"] = async ({ job, period, now }) => {
    const read = clock.now();
    const behind = read.since(now).total("seconds");
    seen.push(`${job} ${period}${behind >= 0 && behind < 5 ? "" : ` the clock shows ${read}`}`);
    return {};
  };
  const jobsOf = (...more: readonly Job[]) => {
    const jobs = [buildJob("close", monthly(1), note), ...more, buildJob("send", everyMinute, note)];
    return new SandboxJobs(
      buildHost(database, jobs, () => clock.now().toString()),
      clock,
    );
  };

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    seen.length = 0;
    await database.db.delete(jobRun);
    await database.db.delete(setting);
    clock = await SandboxClock.open(database, instant(START));
  });
  afterEach(() => clock[Symbol.dispose]());
  afterAll(() => database[Symbol.asyncDispose]());

  const expected = [
    "close 2026-06",
    "send 2026-06-01T00:31",
    "remind 2026-06",
    "send 2026-06-05T00:31",
    "close 2026-07",
    "send 2026-07-01T00:31",
    "send 2026-07-02T10:00",
  ];
  const remind = buildJob("remind", monthly(5), note);

  test("in order, each at its instant, once", async () => {
    const jobs = jobsOf(remind);
    await jobs.begin();
    expect(await jobs.runThrough(instant("2026-07-02T02:00:00Z"))).toBe(7);
    expect(seen).toEqual(expected);
    expect(await jobs.runThrough(instant("2026-07-02T02:00:00Z"))).toBe(0);
    expect(seen).toHaveLength(7);
  });

  test("two callers at once do each run once", async () => {
    const [one, other] = [jobsOf(remind), jobsOf(remind)];
    await one.begin();
    const to = instant("2026-07-02T02:00:00Z");
    await Promise.all([one.runThrough(to), other.runThrough(to)]);
    expect(seen).toEqual(expected);
  });

  test("a month that fails stops it; repeated, it goes on from there", async () => {
    let fails = true;
    const broken = buildJob("remind", monthly(5), async (run) => {
      if (fails) throw new Error("not yet");
      return note(run);
    });
    const jobs = jobsOf(broken);
    await jobs.begin();
    const to = instant("2026-07-02T02:00:00Z");
    await expect(jobs.runThrough(to)).rejects.toThrow("the job remind failed for 2026-06");
    expect(seen).toEqual(expected.slice(0, 2));
    expect(clock.now().toString()).toMatch(/^2026-06-04T16:30/);
    fails = false;
    await jobs.runThrough(to);
    expect(seen).toEqual(expected);
  });

  test("five years are a few hundred runs", async () => {
    const jobs = jobsOf(
      remind,
      buildJob("cut", monthly(11), note),
      buildJob("tidy", { every: "day", time: "03:30" }, note),
    );
    await jobs.begin();
    await jobs.runThrough(instant("2031-05-20T02:00:00Z"));
    expect(seen.filter((run) => run.startsWith("cut"))).toHaveLength(60);
    expect(seen.length).toBeLessThan(600);
  });
});

describe("sandboxClockAdvance", () => {
  let sandbox: SandboxServer;
  let directory: string;
  let anchorFile: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "changqing-jobs-"));
    anchorFile = join(directory, "anchors");
    sandbox = await startSandbox({ clock: START, environment: { AUDIT_ANCHOR_FILE: anchorFile } });
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  test("runs what is due before it answers, and staff see it", async () => {
    const bank = await sandbox.signIn("ICBC_APP");
    const input = { idempotencyKey: randomUUID(), to: "2026-05-22T02:00:00Z" };
    const first = (await bank.request(SandboxClockAdvanceDocument, { input })).sandboxClockAdvance;
    expect(first).toMatchObject({ now: "2026-05-22T02:00:00.000Z", userErrors: [] });
    expect(first.runs).toBeGreaterThanOrEqual(3);
    expect((await bank.request(SandboxClockAdvanceDocument, { input })).sandboxClockAdvance).toEqual(first);
    const staff = await sandbox.signIn("sandbox-staff");
    const { jobRuns } = await staff.request(JobRunsDocument, { job: "audit-anchor", first: 10 });
    expect(jobRuns.nodes).toMatchObject([
      { period: "2026-05-22", state: "DONE", counts: [{ name: "anchors", count: 1 }], failure: null },
    ]);
    const all: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: typeof jobRuns = (await staff.request(JobRunsDocument, { first: 1, after })).jobRuns;
      all.push(...page.nodes.map(({ job, period }) => `${job} ${period}`));
      ({ endCursor: after, hasNextPage: more } = page.pageInfo);
    }
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain("retention 2026-05-22");
  });

  test("a time that has passed is refused", async () => {
    const bank = await sandbox.signIn("ICBC_APP");
    const back = { idempotencyKey: randomUUID(), to: "2026-05-21T02:00:00Z" };
    const { sandboxClockAdvance } = await bank.request(SandboxClockAdvanceDocument, { input: back });
    expect(sandboxClockAdvance.userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["input", "to"] }]);
  });

  test("a move that was cut short goes on when it is repeated, also when the clock is there already", async () => {
    const { db } = sandbox.app.database;
    const to = sandbox.app.services.now().add({ milliseconds: 1 }).toString();
    await db.insert(setting).values({ name: "sandbox_clock_underway", value: to });
    const bank = await sandbox.signIn("ICBC_APP");
    const input = { idempotencyKey: randomUUID(), to };
    const { userErrors } = (await bank.request(SandboxClockAdvanceDocument, { input })).sandboxClockAdvance;
    expect(userErrors).toEqual([]);
    expect(await db.select().from(setting).where(eq(setting.name, "sandbox_clock_underway"))).toEqual([]);
  });

  test("the anchors are in the table and in the file, and find a chain that was rewritten as a whole", async () => {
    const { database, config } = sandbox.app;
    const bank = await sandbox.signIn("ICBC_APP");
    const input = { idempotencyKey: randomUUID(), to: "2026-05-23T02:00:00Z" };
    await bank.request(SandboxClockAdvanceDocument, { input });
    const anchors = await database.db.select().from(auditAnchor).orderBy(asc(auditAnchor.number));
    expect(anchors.map(({ number }) => number)).toEqual([1, 2]);
    const lines = (await readFile(anchorFile, "utf8")).split("\n").filter(Boolean);
    expect(lines).toEqual(anchors.map(({ jws }) => jws));
    const keySet = { keys: sandbox.keys.receiptSigning.map(publicJwk) };
    const { checkAnchors } = await import("../src/commands/audit-anchor-check.js");
    expect(await checkAnchors(database.db, anchorFile, keySet)).toMatchObject({ faults: [], count: 2 });
    const { verifyAudit } = await import("../src/storage/audit-verification.js");
    const broken = async () => {
      const { heads } = await checkAnchors(database.db, anchorFile, keySet);
      return (await Array.fromAsync(verifyAudit(database.db, heads))).flatMap((chain) => chain.broken ?? []);
    };
    expect(await broken()).toEqual([]);
    // Whoever holds the database rewrites the first chain so that it fits itself.
    await database.db.execute(sql`delete from ${auditEntry} where chain = 0`);
    await database.db.execute(
      sql`update audit_chain set seq = 0, hash = decode(repeat('00', 32), 'hex') where chain = 0`,
    );
    expect(await broken()).toMatchObject([{ chain: 0, fault: "NOT_AS_NOTED" }]);
    // And removes the anchors too: the file outside still says so.
    await database.db.delete(auditAnchor);
    expect(await broken()).toMatchObject([{ chain: 0, fault: "NOT_AS_NOTED" }]);
    expect((await checkAnchors(database.db, anchorFile, keySet)).faults).toEqual([
      `anchor 2 stands in ${anchorFile} and not in the database`,
    ]);
    await writeFile(anchorFile, `${lines[0]?.slice(0, -4)}AAAA\n`);
    expect((await checkAnchors(database.db, anchorFile, keySet)).faults).toEqual([
      `line 1 of ${anchorFile} is not signed as it should be`,
    ]);
    expect(config.auditAnchorFile).toBe(anchorFile);
  });
});
