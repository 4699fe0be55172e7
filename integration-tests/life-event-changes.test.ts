import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { event } from "../src/storage/tables.js";
import { readStatus } from "./testkit/certify.js";
import { LifeEventsDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import {
  correct,
  cutPayroll,
  decideEvent,
  type ReportedEvent,
  reported,
  takeBack,
} from "./testkit/life-events.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf, readRecords } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let counter: GraphQLClient;
let centre: GraphQLClient;
let bank: GraphQLClient;
let staff: GraphQLClient;

/** In July payroll has been given the lists through May: what is reported stops payment from June on. */
beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-07-15T02:00:00Z" });
  counter = await sandbox.signIn("AGENCY_COUNTER");
  centre = await sandbox.signIn("STREET_SERVICE_CENTER");
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  await cutPayroll(sandbox.app, "2026-05");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importPerson(): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn: "2026-02-11" });
  await importPeople(sandbox.app, [person]);
  return person;
}

async function readAsStaff(id: string): Promise<ReportedEvent | undefined> {
  const { lifeEvents } = await staff.request(LifeEventsDocument, { first: 500 });
  return lifeEvents.nodes.find((node) => node.id === id);
}

async function eventsOf(pensionerId: string): Promise<string[]> {
  const { bucket, pensionerId: id } = keyOf(pensionerId);
  const rows = await sandbox.app.database.db
    .select()
    .from(event)
    .where(and(eq(event.bucket, bucket), eq(event.pensionerId, id)))
    .orderBy(event.sequence);
  return rows.map(({ type }) => type);
}

describe("taken back or corrected", () => {
  test("C5, P5 a death taken back: nothing was stopped for good, and the months are paid once", async () => {
    const person = await importPerson();
    const death = await reported(counter, person, { occurredOn: "2026-05-02" });
    const { id } = await readStatus(bank, person);
    expect((await readStatus(bank, person)).paymentStatus).toMatchObject({
      state: "SUSPENDED",
      reasons: ["DEATH_REPORTED"],
      unpaidMonths: ["2026-06", "2026-07"],
    });
    const { lifeEvent } = await takeBack(counter, death.id);
    expect(lifeEvent?.state).toBe("VOIDED");
    const { backPay, holds } = await readRecords(sandbox.app, id);
    expect(holds).toMatchObject([{ voided: true, restores: true, resumesMonth: "2026-08" }]);
    expect(backPay.map(({ month }) => month)).toEqual(["2026-06", "2026-07"]);
    expect(await eventsOf(id)).toEqual([
      "life_event.reported",
      "payment.suspended",
      "life_event.voided",
      "payment.resumed",
    ]);
    expect((await takeBack(counter, death.id)).userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
  });

  test("C5 a corrected day moves the hold in one step: nothing is paid in between", async () => {
    const person = await importPerson();
    const death = await reported(counter, person, { occurredOn: "2026-05-02" });
    const { id } = await readStatus(bank, person);
    const { lifeEvent } = await correct(counter, death.id, { occurredOn: "2026-06-03" });
    expect(lifeEvent).toMatchObject({ state: "ACTIVE", occurredOn: "2026-06-03" });
    const { holds, backPay } = await readRecords(sandbox.app, id);
    expect(holds).toMatchObject([
      { fromMonth: "2026-06", voided: true },
      { fromMonth: "2026-07", resumesMonth: null, voided: false },
    ]);
    expect(backPay).toEqual([]);
    expect(await eventsOf(id)).not.toContain("payment.resumed");
    expect((await readAsStaff(death.id))?.overpaidMonths).toEqual([]);
    // Taken back after that, each month is paid once.
    await takeBack(counter, death.id);
    const { backPay: paid } = await readRecords(sandbox.app, id);
    expect(paid.map(({ month }) => month)).toEqual(["2026-06", "2026-07"]);
  });

  test("C5 a corrected kind stops for another reason", async () => {
    const person = await importPerson();
    const death = await reported(counter, person);
    await correct(counter, death.id, { kind: "LEFT_SCOPE" });
    expect((await readStatus(bank, person)).paymentStatus.reasons).toEqual(["ELIGIBILITY_DOUBT"]);
    const unchanged = await correct(counter, death.id, {});
    expect(unchanged.userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["input"] }]);
  });
});

describe("prison", () => {
  const prison = { kind: "IMPRISONMENT", occurredOn: "2026-05-10", source: "COURT_PRISON" } as const;
  const release = { kind: "RELEASE_FROM_PRISON", source: "COURT_PRISON" } as const;

  test("P4, C5 months in prison are lost; those after a release told of late are paid", async () => {
    const person = await importPerson();
    const { pensioner } = await reported(staff, person, prison);
    expect(pensioner?.paymentStatus).toMatchObject({
      reasons: ["IN_PRISON"],
      unpaidMonths: ["2026-06", "2026-07"],
    });
    await reported(staff, person, { ...release, occurredOn: "2026-06-20" });
    const { holds, backPay } = await readRecords(sandbox.app, pensioner?.id ?? "");
    expect(holds).toMatchObject([
      { fromMonth: "2026-06", resumesMonth: "2026-07", restores: false },
      { fromMonth: "2026-07", resumesMonth: "2026-08", restores: true },
    ]);
    expect(backPay).toMatchObject([{ month: "2026-07", paidWithMonth: "2026-08" }]);
    expect((await readStatus(bank, person)).paymentStatus.state).toBe("PAYING");
  });

  test("P5, C5 a release taken back stops payment again", async () => {
    const person = await importPerson();
    const { pensioner } = await reported(staff, person, prison);
    const end = await reported(staff, person, { ...release, occurredOn: "2026-07-10" });
    expect(await readRecords(sandbox.app, pensioner?.id ?? "")).toMatchObject({
      holds: [{ resumesMonth: "2026-08", restores: false }],
      backPay: [],
    });
    await takeBack(staff, end.id);
    const { holds, backPay } = await readRecords(sandbox.app, pensioner?.id ?? "");
    expect(holds).toMatchObject([{ restores: false }, { reason: "IN_PRISON", resumesMonth: null }]);
    expect(backPay).toEqual([]);
  });

  test("C5 a sentence taken back after the release gives its months back", async () => {
    const person = await importPerson();
    const sentence = await reported(staff, person, prison);
    await reported(staff, person, { ...release, occurredOn: "2026-07-10" });
    await takeBack(staff, sentence.id);
    const { holds, backPay } = await readRecords(sandbox.app, sentence.pensioner?.id ?? "");
    expect(holds).toMatchObject([{ voided: true, restores: true }]);
    expect(backPay.map(({ month }) => month)).toEqual(["2026-06", "2026-07"]);
  });
});

describe("decided by staff", () => {
  test("C5 a death confirmed ends payment for good; its source cannot take it back, staff can", async () => {
    const person = await importPerson();
    const death = await reported(counter, person);
    const { lifeEvent } = await decideEvent(staff, death.id, "CONFIRM");
    expect(lifeEvent).toMatchObject({ state: "CONFIRMED", decidedBy: "sandbox-staff", reason: "已核对材料" });
    const { id } = await readStatus(bank, person);
    expect(await readRecords(sandbox.app, id)).toMatchObject({
      holds: [{ final: true, resumesMonth: null }],
    });
    expect(await eventsOf(id)).toContain("payment.terminated");
    for (const answer of [await takeBack(counter, death.id), await decideEvent(staff, death.id, "DISMISS")])
      expect(answer.userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
    expect((await takeBack(staff, death.id)).lifeEvent?.state).toBe("VOIDED");
    expect(await readRecords(sandbox.app, id)).toMatchObject({ holds: [{ voided: true }] });
  });

  test("C5 a report that waited acts once it is confirmed, and is forgotten once it is dismissed", async () => {
    const [confirmed, dismissed] = [await importPerson(), await importPerson()];
    const renamed = (person: TestPerson) => ({ ...person, name: "另一人" });
    const one = await reported(centre, renamed(confirmed));
    const other = await reported(centre, renamed(dismissed));
    expect((await decideEvent(staff, one.id, "CONFIRM")).lifeEvent).toMatchObject({
      outcome: "MATCHED",
      overpaidMonths: ["2026-04", "2026-05"],
    });
    expect((await decideEvent(staff, other.id, "DISMISS")).lifeEvent).toMatchObject({ state: "VOIDED" });
    const holdsOf = async (person: TestPerson) =>
      (await readRecords(sandbox.app, (await readStatus(bank, person)).id)).holds;
    expect(await holdsOf(confirmed)).toMatchObject([{ reason: "DEATH_REPORTED", final: true }]);
    expect(await holdsOf(dismissed)).toEqual([]);
  });

  test("C5 nobody is confirmed dead whom the report does not lead to", async () => {
    const unknown = await reported(counter, buildPerson());
    const { userErrors } = await decideEvent(staff, unknown.id, "CONFIRM");
    expect(userErrors).toMatchObject([{ code: "WRONG_STATE", path: ["input", "lifeEventId"] }]);
    expect((await decideEvent(staff, unknown.id, "DISMISS")).userErrors).toEqual([]);
    expect((await readAsStaff(unknown.id))?.state).toBe("VOIDED");
  });
});
