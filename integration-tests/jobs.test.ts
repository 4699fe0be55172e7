import { once } from "node:events";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAlarms } from "../src/jobs/alarm-clock.js";
import type { Job } from "../src/jobs/job.js";
import { readJobsSince, runDue } from "../src/jobs/run-due.js";
import { type RunOutcome, runJob } from "../src/jobs/run-job.js";
import { keepWorking } from "../src/jobs/standing-work.js";
import type { Database } from "../src/storage/database.js";
import type { JobRun } from "../src/storage/job-runs.js";
import { jobRun, setting } from "../src/storage/tables.js";
import { openTestDatabase } from "./testkit/database.js";
import { buildHost, buildJob, chunked, everyMinute, monthly } from "./testkit/jobs.js";

let database: Database;
const now = Temporal.Instant.from("2026-06-15T02:00:00Z");

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.db.delete(jobRun);
  await database.db.delete(setting);
});

const run = (job: Job, period = "2026-06", rest: Partial<Parameters<typeof runJob>[0]> = {}) =>
  runJob({ database, now, signal: new AbortController().signal, ...rest }, job, period);

async function stored(job: string, period = "2026-06") {
  const [row] = await database.db
    .select()
    .from(jobRun)
    .where(and(eq(jobRun.job, job), eq(jobRun.period, period)));
  return row;
}

describe("a run", () => {
  test("is done once, and its record says what it did", async () => {
    let worked = 0;
    const job = buildJob("close", monthly(1), async (given) => {
      worked += 1;
      return chunked(database, 3)(given);
    });
    expect(await run(job)).toMatchObject({ result: "DONE", counts: { chunks: 3 } });
    expect(await run(job)).toMatchObject({ result: "DONE_BEFORE" });
    expect(worked).toBe(1);
    expect(await stored("close")).toMatchObject({
      state: "DONE",
      done: 3,
      total: 3,
      counts: { chunks: 3 },
      epoch: 1,
    });
    expect((await stored("close"))?.finishedAt?.toISOString()).toMatch(/^2026-06-15T02:00/);
  });

  test("that throws in a chunk is failed with a code, and goes on at its cursor", async () => {
    const seen: number[] = [];
    const job = buildJob(
      "close",
      monthly(1),
      chunked(database, 4, (chunk, { epoch }) => {
        seen.push(chunk);
        if (chunk === 3 && epoch === 1) throw new TypeError("王建国 110101195001011234");
      }),
    );
    expect(await run(job)).toMatchObject({ result: "FAILED", failure: "TypeError", counts: { chunks: 2 } });
    expect(await stored("close")).toMatchObject({
      state: "FAILED",
      failure: "TypeError",
      done: 2,
      cursor: 2,
    });
    expect(await run(job)).toMatchObject({ result: "DONE", counts: { chunks: 4 } });
    expect(seen).toEqual([1, 2, 3, 3, 4]);
    expect(await stored("close")).toMatchObject({ state: "DONE", failure: null, epoch: 2 });
  });

  test("under way elsewhere is left alone; a silent one is taken over, and its first worker writes nothing more", async () => {
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slow = buildJob(
      "close",
      monthly(1),
      chunked(database, 3, async (chunk, { epoch }) => {
        if (epoch > 1 || chunk < 2) return;
        reached.resolve();
        await goOn.promise;
      }),
    );
    const first = run(slow);
    await reached.promise;
    expect(await run(slow)).toMatchObject({ result: "TAKEN" });
    expect(await run(slow, "2026-06", { silentMs: -1 })).toMatchObject({ result: "DONE" });
    const after = await stored("close");
    goOn.resolve();
    expect(await first).toMatchObject({ result: "LOST" });
    expect(await stored("close")).toEqual(after);
    expect(after).toMatchObject({ state: "DONE", epoch: 2, done: 3 });
  });

  test("that is asked to stop ends between two chunks, is no failure, and is free for the next worker at once", async () => {
    const stopping = new AbortController();
    const job = buildJob(
      "close",
      monthly(1),
      chunked(database, 3, (chunk) => {
        if (chunk === 2) stopping.abort();
      }),
    );
    expect(await run(job, "2026-06", { signal: stopping.signal })).toMatchObject({ result: "STOPPED" });
    // The chunk that was under way was finished.
    expect(await stored("close")).toMatchObject({ state: "FAILED", failure: "STOPPED", done: 2 });
    expect(await run(job)).toMatchObject({ result: "DONE", counts: { chunks: 3 } });
  });
});

describe("what is due", () => {
  const names = (outcomes: readonly RunOutcome[]) => outcomes.map(({ job, period }) => `${job} ${period}`);

  test("is made up for in order, months completely, and nothing from before the service began", async () => {
    let time = "2026-05-20T02:00:00Z";
    const jobs = [
      buildJob("close", monthly(1)),
      buildJob("remind", monthly(5)),
      buildJob("tidy", { every: "day", time: "03:30" }),
    ];
    const host = buildHost(database, jobs, () => time);
    await readJobsSince(database, host.now());
    expect(await runDue(host)).toEqual([]);
    time = "2026-07-03T02:00:00Z";
    expect(names(await runDue(host))).toEqual([
      "close 2026-06",
      "remind 2026-06",
      "close 2026-07",
      "tidy 2026-07-03",
    ]);
    expect(await runDue(host)).toEqual([]);
  });

  test("a job that fails keeps its own next month waiting, and no other job", async () => {
    let time = "2026-05-20T02:00:00Z";
    const broken = buildJob("close", monthly(1), () => Promise.reject(new Error("no")));
    const host = buildHost(database, [broken, buildJob("remind", monthly(5))], () => time);
    await readJobsSince(database, host.now());
    time = "2026-07-10T02:00:00Z";
    expect(names(await runDue(host))).toEqual(["close 2026-06", "remind 2026-06", "remind 2026-07"]);
  });
});

test("a standing job works again and again within its minute, and its counts add up", async () => {
  let time = Temporal.Instant.from("2026-06-15T02:00:30Z");
  let times = 0;
  const job = buildJob(
    "relay",
    everyMinute,
    async (given: JobRun) => {
      times += 1;
      time = time.add({ seconds: 10 });
      if (times === 5) host.stop();
      return { events: (given.resumed.counts["events"] ?? 0) + 2 };
    },
    { standing: true },
  );
  const host = buildHost(database, [job], () => time.toString());
  await keepWorking(host, job, 1);
  expect(host.outcomes).toMatchObject([
    { period: "2026-06-15T10:00", result: "DONE", counts: { events: 6 } },
    { period: "2026-06-15T10:01", result: "STOPPED" },
  ]);
});

test("pg-boss rings: at the start for what was missed, then by its cron; stopping waits for the chunk under way", async () => {
  const wall = () => Temporal.Instant.fromEpochMilliseconds(Date.now()).toString();
  await readJobsSince(database, Temporal.Instant.from(wall()).subtract({ hours: 24 * 40 }));
  const inChunk = Promise.withResolvers<void>();
  const slow = buildJob(
    "minute",
    everyMinute,
    chunked(database, 2, async (chunk) => {
      if (chunk === 1) return;
      inChunk.resolve();
      await once(host.signal, "abort");
      await new Promise((resolve) => setTimeout(resolve, 500));
    }),
  );
  const host = buildHost(database, [buildJob("close", monthly(1)), slow], wall);
  const troubles: unknown[] = [];
  const alarms = await startAlarms(host, { lookSeconds: 1, onTrouble: (error) => troubles.push(error) });
  await inChunk.promise;
  await expect.poll(() => host.outcomes.map(({ job }) => job), { timeout: 30_000 }).toContain("close");
  host.stop();
  await alarms[Symbol.asyncDispose]();
  expect(troubles).toEqual([]);
  expect(host.outcomes.find(({ job }) => job === "close")).toMatchObject({ result: "DONE" });
  const minute = host.outcomes.findLast(({ job }) => job === "minute");
  expect(minute).toMatchObject({ result: "STOPPED", counts: { chunks: 2 } });
});
