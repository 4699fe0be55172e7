import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  auditEntry,
  event,
  jobRun,
  message,
  paymentHold,
  payrollList,
  pensioner,
  suspensionBatch,
  suspensionCandidate,
} from "../src/storage/tables.js";
import { advanceClock } from "./testkit/certify.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, importPeople } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { apply, approveUnapplied, close, Killed, readBatchOf } from "./testkit/suspension.js";

/** What a crash, a second run or a second worker may not change. */

const PEOPLE = 23;
const JUNE = "2026-06";
let sandbox: SandboxServer;
let staff: GraphQLClient;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: "2026-05-31T02:00:00Z", jobs: [] });
  staff = await sandbox.signIn("sandbox-staff");
  await importPeople(
    sandbox.app,
    buildPeople(PEOPLE, { lastCertifiedOn: "2025-05-03", phone: "13911110001" }),
  );
  await advanceClock(staff, "2026-06-01T02:00:00Z");
});

afterEach(() => sandbox[Symbol.asyncDispose]());

/** All that a batch leaves behind, counted. */
async function leftBehind() {
  const { db } = sandbox.app.database;
  const [batch] = await db.select().from(suspensionBatch).where(eq(suspensionBatch.month, JUNE));
  const holds = await db.select().from(paymentHold).where(eq(paymentHold.batchMonth, JUNE));
  const notices = await db.select().from(message).where(eq(message.kind, "PAYMENT_SUSPENDED"));
  const events = await db.select().from(event).where(eq(event.type, "payment.suspended"));
  const entries = (await db.select().from(auditEntry)).map(({ entry }) => JSON.parse(entry));
  const candidates = await db.select().from(suspensionCandidate);
  const persons = await db.select().from(pensioner).where(eq(pensioner.lastCertifiedOn, "2025-05-03"));
  return {
    state: batch?.state,
    counted: { candidates: batch?.candidates, suspended: batch?.suspended, spared: batch?.spared },
    candidates: candidates.length,
    undecided: candidates.filter(({ state }) => state === "PROPOSED").length,
    suspended: candidates.filter(({ state }) => state === "SUSPENDED").length,
    holds: holds.length,
    notices: notices.length,
    events: events.length,
    traces: entries.filter(({ operation }) => operation === "suspensionApply").length,
    renewed: persons.filter(({ version }) => version === 2).length,
  };
}

async function readRun(period: string) {
  const { db } = sandbox.app.database;
  const [run] = await db.select().from(jobRun).where(eq(jobRun.period, period));
  return run;
}

function expectWhole(found: Awaited<ReturnType<typeof leftBehind>>): void {
  const { candidates, suspended } = found;
  expect(suspended).toBeGreaterThanOrEqual(PEOPLE);
  expect(found).toMatchObject({
    state: "APPLIED",
    counted: { candidates, suspended, spared: candidates - suspended },
    undecided: 0,
    holds: suspended,
    notices: suspended,
    events: suspended,
    traces: suspended,
    renewed: PEOPLE,
  });
}

test.each([1, 2, 4])(
  "P3 killed in chunk %i of writing down and again in applying, then run again: as if nothing had been",
  async (dieInChunk) => {
    const small = { freezeChunk: 5, applyChunk: 5, dieInChunk };
    await expect(close(sandbox.app, JUNE, small)).rejects.toThrow(Killed);
    const early = await leftBehind();
    expect(early).toMatchObject({ candidates: early.undecided, state: undefined, holds: 0 });
    await close(sandbox.app, JUNE, { freezeChunk: 5 });
    const proposed = await readBatchOf(staff, JUNE);
    expect(proposed?.total).toBeGreaterThanOrEqual(PEOPLE);
    await approveUnapplied(sandbox.app, JUNE);

    const period = "one";
    await expect(apply(sandbox.app, { ...small, period })).rejects.toThrow(Killed);
    const half = await leftBehind();
    const run = await readRun(period);
    expect(run?.counts["suspended"] ?? 0).toBe(half.suspended);
    expect(half.state).toBe("APPROVED");
    expect(half.undecided).toBe(half.candidates - 5 * (dieInChunk - 1));
    expect([half.holds, half.notices, half.events, half.traces]).toEqual(
      Array.from({ length: 4 }, () => half.suspended),
    );
    const counts = await apply(sandbox.app, { applyChunk: 5, period });
    const whole = await leftBehind();
    expectWhole(whole);
    // What it did in all, not since it was killed; the same of how far it is.
    const { candidates, suspended } = whole;
    expect(counts).toEqual({ suspended, spared: candidates - suspended });
    expect(await readRun(period)).toMatchObject({ done: candidates, total: candidates, counts });
    expect(whole.counted.candidates).toBe(proposed?.total);
    // Once more, as the same run and as another.
    expect(await apply(sandbox.app, { period })).toBeNull();
    expect(await apply(sandbox.app)).toEqual({ suspended: 0, spared: 0 });
    await close(sandbox.app, JUNE);
    expect(await leftBehind()).toEqual(whole);
  },
);

test("P3 a close that approves itself goes on with applying where it was killed", async () => {
  const work = { freezeChunk: 1_000, applyChunk: 5, autoApprove: true };
  // Two chunks write down, the second finds nobody left.
  await expect(close(sandbox.app, JUNE, { ...work, dieInChunk: 4 })).rejects.toThrow(Killed);
  expect(await leftBehind()).toMatchObject({ state: "APPROVED" });
  await close(sandbox.app, JUNE, work);
  const whole = await leftBehind();
  expectWhole(whole);
  const { candidates } = whole;
  expect(await readRun(JUNE)).toMatchObject({ done: candidates, total: candidates, counts: { candidates } });
});

test("P3 a run that applies two batches and is killed in the second counts both", async () => {
  await importPeople(sandbox.app, buildPeople(7, { lastCertifiedOn: "2025-06-03" }));
  await close(sandbox.app, JUNE);
  await approveUnapplied(sandbox.app, JUNE);
  await advanceClock(staff, "2026-07-01T02:00:00Z");
  await close(sandbox.app, "2026-07");
  await approveUnapplied(sandbox.app, "2026-07");
  const decided = await sandbox.app.database.db.select().from(suspensionCandidate);
  const june = decided.filter(({ month }) => month === JUNE).length;
  const period = "both";
  // Looking whether anything is left stores no progress.
  const dieInChunk = Math.ceil(june / 5) + 2;
  await expect(apply(sandbox.app, { applyChunk: 5, period, dieInChunk })).rejects.toThrow(Killed);
  const counted = sumOf((await readRun(period))?.counts);
  expect(counted).toBe(june + 5);
  expect(sumOf(await apply(sandbox.app, { applyChunk: 5, period }))).toBe(decided.length);
});

function sumOf(counts: Readonly<Record<string, number>> | null | undefined): number {
  return Object.values(counts ?? {}).reduce((sum, each) => sum + each, 0);
}

test("P3 two that apply one batch at once share it", async () => {
  await close(sandbox.app, JUNE);
  await approveUnapplied(sandbox.app, JUNE);
  const counts = await Promise.all([1, 2, 3].map(() => apply(sandbox.app, { applyChunk: 4 })));
  const whole = await leftBehind();
  expectWhole(whole);
  expect(counts.reduce((sum, each) => sum + (each?.["suspended"] ?? 0), 0)).toBe(whole.suspended);
});

test("P8, P1 approved after payroll has cut the month, the suspension begins with the next one", async () => {
  await close(sandbox.app, JUNE);
  await sandbox.app.database.db.insert(payrollList).values([
    { month: "2026-05", cutAt: new Date() },
    { month: JUNE, cutAt: new Date() },
  ]);
  await approveUnapplied(sandbox.app, JUNE);
  await apply(sandbox.app);
  const holds = await sandbox.app.database.db
    .select()
    .from(paymentHold)
    .where(eq(paymentHold.batchMonth, JUNE));
  expect(new Set(holds.map(({ fromMonth }) => fromMonth))).toEqual(new Set(["2026-07"]));
});
