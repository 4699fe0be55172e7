import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ownedOpaqueId, parseOpaqueId } from "../src/storage/ids.js";
import { backPayMonth, reviewCase } from "../src/storage/tables.js";
import { advanceClock, certify, readStatus } from "./testkit/certify.js";
import { submitMatch } from "./testkit/data-matches.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { decideCase, reported, suspend, takeBack } from "./testkit/life-events.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

// Each is the smallest story in which the model by which the years are tested found the service to pay wrongly.

let sandbox: SandboxServer;
let bank: GraphQLClient;
let agency: GraphQLClient;
let staff: GraphQLClient;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z", jobs: [] });
  bank = await sandbox.signIn("ICBC_APP");
  agency = await sandbox.signIn("DATA_MATCH");
  staff = await sandbox.signIn("sandbox-staff");
});

afterEach(() => sandbox[Symbol.asyncDispose]());

/** Someone whose suspension the register brought along: not paid since the thirteenth month after that day's. */
async function lastCertified(lastCertifiedOn: string): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn, phone: "13911110001" });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function backPayOf(person: TestPerson): Promise<string[]> {
  const { pensionerId } = keyOf((await readStatus(bank, person)).id);
  const rows = await sandbox.app.database.db
    .select()
    .from(backPayMonth)
    .where(eq(backPayMonth.pensionerId, pensionerId))
    .orderBy(backPayMonth.month);
  return rows.map(({ month }) => month);
}

async function reasonsOf(person: TestPerson): Promise<readonly string[]> {
  return (await readStatus(bank, person)).paymentStatus.reasons;
}

async function caseAbout(certificationId: string): Promise<string> {
  const pass = parseOpaqueId(certificationId);
  if (pass?.kind !== "certification") throw new Error("no pass");
  const isAbout = and(eq(reviewCase.pensionerId, pass.pensionerId), eq(reviewCase.certificationId, pass.id));
  const [found] = await sandbox.app.database.db.select().from(reviewCase).where(isAbout);
  if (!found) throw new Error("no case");
  return ownedOpaqueId("reviewCase", { ...pass, id: found.id });
}

test.each(["DEATH", "IMPRISONMENT"] as const)(
  "P4, P5 %s: back-pay that has not gone out yet waits until that reason has ended too",
  async (kind) => {
    const person = await lastCertified("2025-02-05");
    await certify(bank, person);
    expect(await backPayOf(person)).toEqual(["2026-03", "2026-04", "2026-05"]);
    const event = await reported(staff, person, { kind, occurredOn: "2026-05-10", source: "COURT_PRISON" });
    expect(await backPayOf(person)).toEqual([]);
    expect((await takeBack(staff, event.id)).userErrors).toEqual([]);
    expect(await backPayOf(person)).toEqual(["2026-03", "2026-04", "2026-05"]);
  },
);

test("C5 a month that waits to be paid is not listed as paid after a death", async () => {
  const person = await lastCertified("2025-02-05");
  await certify(bank, person);
  const death = await reported(staff, person, { occurredOn: "2026-03-20" });
  expect(death.overpaidMonths).toEqual([]);
});

test("P4 a month in prison is not paid later because it had been released before the prison told of it", async () => {
  const person = await lastCertified("2025-02-05");
  await certify(bank, person);
  await reported(staff, person, { kind: "IMPRISONMENT", occurredOn: "2026-04-10", source: "COURT_PRISON" });
  await advanceClock(bank, "2026-06-12T02:00:00Z");
  const rest = { kind: "RELEASE_FROM_PRISON", occurredOn: "2026-06-02", source: "COURT_PRISON" } as const;
  await reported(staff, person, rest);
  expect(await backPayOf(person)).toEqual(["2026-03", "2026-04"]);
});

test("E9 what a revoked trace gave for part of a suspension is not paid by whatever happens next", async () => {
  const person = await lastCertified("2024-12-05");
  const { certification } = await submitMatch(agency, person, "2025-02-03T02:00:00Z");
  expect(await backPayOf(person)).toEqual(["2026-01", "2026-02"]);
  expect((await revoke(staff, certification?.id ?? "")).userErrors).toEqual([]);
  expect(await backPayOf(person)).toEqual([]);
  const prison = await reported(staff, person, { kind: "IMPRISONMENT", occurredOn: "2026-05-10" });
  await takeBack(staff, prison.id);
  expect(await backPayOf(person)).toEqual([]);
});

test("E9 what a revoked pass gave is not paid because a stay in prison had put it off", async () => {
  const person = await lastCertified("2025-02-05");
  const prison = await reported(staff, person, { kind: "IMPRISONMENT", occurredOn: "2026-05-10" });
  const { id } = await certify(bank, person);
  await takeBack(staff, prison.id);
  expect(await backPayOf(person)).toEqual(["2026-03", "2026-04", "2026-05"]);
  await revoke(staff, id);
  expect(await reasonsOf(person)).toEqual(["NOT_CERTIFIED"]);
  expect(await backPayOf(person)).toEqual([]);
});

test("P6, P7 staff release what late evidence covers, and not the months after it", async () => {
  const person = await lastCertified("2023-12-05");
  const { certification } = await submitMatch(agency, person, "2025-02-03T02:00:00Z");
  expect((await decideCase(staff, await caseAbout(certification?.id ?? ""), "RELEASE")).userErrors).toEqual(
    [],
  );
  const backPay = await backPayOf(person);
  expect([backPay.at(0), backPay.at(-1), backPay.length]).toEqual(["2025-01", "2026-02", 14]);
  expect(await reasonsOf(person)).toEqual(["NOT_CERTIFIED"]);
});

test("P7, C5 a case left open for years does not lift a suspension that came after its pass had ended", async () => {
  const person = await lastCertified("2026-05-05");
  const death = await reported(staff, person, { occurredOn: "2026-05-10" });
  const { id } = await certify(bank, person);
  await takeBack(staff, death.id);
  await advanceClock(bank, "2027-07-12T02:00:00Z");
  await suspend(sandbox.app, (await readStatus(bank, person)).id, "2027-06");
  expect((await decideCase(staff, await caseAbout(id), "RELEASE")).userErrors).toEqual([]);
  expect(await reasonsOf(person)).toEqual(["NOT_CERTIFIED"]);
  expect(await backPayOf(person)).toEqual([]);
});

test("P7, E9 when the pass that staff released is revoked, the one that remains waits for them as well", async () => {
  const person = await lastCertified("2023-12-05");
  const [first, second] = [await certify(bank, person), await certify(bank, person)];
  await decideCase(staff, await caseAbout(first.id), "RELEASE");
  expect(await reasonsOf(person)).toEqual([]);
  await revoke(staff, first.id);
  expect(await reasonsOf(person)).toEqual(["NOT_CERTIFIED"]);
  expect(await backPayOf(person)).toEqual([]);
  await decideCase(staff, await caseAbout(second.id), "RELEASE");
  expect(await reasonsOf(person)).toEqual([]);
  expect((await backPayOf(person)).length).toBe(17);
});
