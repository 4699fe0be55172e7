import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PensionerKey } from "../../src/storage/ids.js";
import { lockPensioner } from "../../src/storage/locked-pensioner.js";
import { lockForCut, lockUncut } from "../../src/storage/payroll-months.js";
import { message, paymentHold, payrollList } from "../../src/storage/tables.js";
import {
  advanceClock,
  certify,
  completeSession,
  faceAssertionFor,
  readStatus,
  startSession,
} from "../testkit/certify.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { buildPeople, importPeople, type TestPerson } from "../testkit/people.js";
import { keyOf } from "../testkit/records.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";
import { apply, approveUnapplied, candidateState, close } from "../testkit/suspension.js";

const JUNE = "2026-06";
let sandbox: SandboxServer;
let bank: GraphQLClient;
let people: { readonly person: TestPerson; readonly id: string; readonly key: PensionerKey }[];

beforeEach(async () => {
  sandbox = await startSandbox({ clock: "2026-05-31T02:00:00Z", jobs: [] });
  bank = await sandbox.signIn("ICBC_APP");
  const built = buildPeople(24, { lastCertifiedOn: "2025-05-08", phone: "13911110001" });
  await importPeople(sandbox.app, built);
  people = await Promise.all(
    built.map(async (person) => {
      const { id } = await readStatus(bank, person);
      return { person, id, key: keyOf(id) };
    }),
  );
  // In the order in which persons are locked.
  people.sort((a, b) => a.key.bucket - b.key.bucket || (a.id < b.id ? -1 : 1));
  await advanceClock(bank, "2026-06-01T02:00:00Z");
  await close(sandbox.app, JUNE);
  await approveUnapplied(sandbox.app, JUNE);
});

afterEach(() => sandbox[Symbol.asyncDispose]());

/** Both texts are written under the person's lock, so their ids tell which came first. */
async function wasSuspendedAfterPass({ pensionerId }: PensionerKey): Promise<boolean> {
  const sent = await sandbox.app.database.db
    .select({ id: message.id, kind: message.kind })
    .from(message)
    .where(eq(message.pensionerId, pensionerId));
  const idOf = (kind: string) => sent.find((each) => each.kind === kind)?.id;
  const passed = idOf("CERTIFICATION_SUCCEEDED");
  const suspended = idOf("PAYMENT_SUSPENDED");
  return passed !== undefined && suspended !== undefined && suspended > passed;
}

/**
 * The batch waits for the first person's lock; meanwhile the last one certifies. What becomes of the last one, who had
 * been read as overdue before?
 */
async function certifyWhileTheBatchWaits(work: Parameters<typeof apply>[1] = {}) {
  const first = people[0]?.key;
  const last = people.at(-1);
  if (!first || !last) throw new Error("nobody");
  const { promise: mayGo, resolve: go } = Promise.withResolvers<void>();
  const { promise: isLocked, resolve: locked } = Promise.withResolvers<void>();
  const holding = sandbox.app.database.transact(async (tx) => {
    await lockPensioner(tx, first);
    locked();
    await mayGo;
  });
  await isLocked;
  const applying = apply(sandbox.app, work);
  await certify(bank, last.person);
  go();
  await Promise.all([holding, applying]);
  return { last, state: await candidateState(sandbox.app, last.id, JUNE) };
}

describe("certifications against the batch", () => {
  test("P3 who certifies while the batch waits for locks is not suspended", async () => {
    const { last, state } = await certifyWhileTheBatchWaits();
    expect(state).toBe("CERTIFIED");
    expect(await wasSuspendedAfterPass(last.key)).toBe(false);
  });

  test("P3 without the second look the same person is suspended: it is what the test above rests on", async () => {
    const { last, state } = await certifyWhileTheBatchWaits({ decide: () => "SUSPENDED" });
    expect(state).toBe("SUSPENDED");
    expect(await wasSuspendedAfterPass(last.key)).toBe(true);
  });

  test.each([1, 2, 3])(
    "P3 everyone certifies while the batch is applied: nobody after passing (round %i)",
    async () => {
      const sessions = await Promise.all(
        people.map(async ({ person }) => {
          const { id } = await startSession(bank, person);
          return { id, assertion: await faceAssertionFor(bank, id) };
        }),
      );
      const [, ...completions] = await Promise.all([
        apply(sandbox.app, { applyChunk: 4 }),
        ...sessions.map(({ id, assertion }) => completeSession(bank, id, assertion)),
      ]);
      expect(completions.map(({ certification }) => certification?.state)).toEqual(
        people.map(() => "PASSED"),
      );
      for (const { id, key } of people) {
        expect(await wasSuspendedAfterPass(key)).toBe(false);
        expect(["SUSPENDED", "CERTIFIED"]).toContain(await candidateState(sandbox.app, id, JUNE));
      }
    },
  );
});

describe("payroll's cut against the batch", () => {
  test("P8 a cut that has begun is waited for: the suspension begins with the month after it", async () => {
    const { promise: mayGo, resolve: go } = Promise.withResolvers<void>();
    const { promise: isLocked, resolve: locked } = Promise.withResolvers<void>();
    const cutting = sandbox.app.database.transact(async (tx) => {
      await lockForCut(tx);
      locked();
      await mayGo;
      await tx.insert(payrollList).values({ month: JUNE, cutAt: new Date() });
    });
    await isLocked;
    const applying = apply(sandbox.app);
    setTimeout(go, 200);
    await Promise.all([cutting, applying]);
    const holds = await sandbox.app.database.db
      .select({ fromMonth: paymentHold.fromMonth })
      .from(paymentHold)
      .where(eq(paymentHold.batchMonth, JUNE));
    expect(new Set(holds.map(({ fromMonth }) => fromMonth))).toEqual(new Set(["2026-07"]));
  });

  test("P8 the cut waits for those who have asked which months are cut; they do not wait for each other", async () => {
    const { promise: mayGo, resolve: go } = Promise.withResolvers<void>();
    const asked = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const asking = asked.map(({ resolve }) =>
      sandbox.app.database.transact(async (tx) => {
        resolve(String(await lockUncut(tx)));
        await mayGo;
      }),
    );
    expect(await Promise.all(asked.map(({ promise }) => promise))).toEqual(["null", "null"]);
    let isCut = false;
    const cutting = sandbox.app.database.transact(async (tx) => {
      await lockForCut(tx);
      isCut = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isCut).toBe(false);
    go();
    await Promise.all([cutting, ...asking]);
    expect(isCut).toBe(true);
  });
});
