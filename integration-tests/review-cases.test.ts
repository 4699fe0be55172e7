import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certify, readStatus } from "./testkit/certify.js";
import { NodeDocument, ReviewCasesDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { completeVisit, requestedVisit, scheduleVisit, visited } from "./testkit/home-visits.js";
import { cutPayroll, decideCase, decideEvent, openCase, reported, suspend } from "./testkit/life-events.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { readRecords } from "./testkit/records.js";
import { decide, revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let staff: GraphQLClient;
let reviewer: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-07-15T02:00:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  reviewer = await sandbox.signIn("sandbox-reviewer");
  await cutPayroll(sandbox.app, "2026-05");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importPerson(): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn: "2026-02-11" });
  await importPeople(sandbox.app, [person]);
  return person;
}

/** Suspended by hand after the pass, so that the pass itself lifts nothing. */
async function passedWhileSuspended(fromMonth: string) {
  const passed = await certify(bank, await importPerson());
  await suspend(sandbox.app, passed.pensioner.id, fromMonth);
  return { passed, id: await openCase(sandbox.app, passed.id, "LONG_SUSPENSION") };
}

const hold = (reason: string) => expect.objectContaining({ reason, resumesMonth: null });

describe("after a long suspension", () => {
  test("P7 a release lifts the suspension and pays what is owed; a case is decided once", async () => {
    const { passed, id } = await passedWhileSuspended("2026-04");
    const { reviewCases } = await staff.request(ReviewCasesDocument, {
      filter: { kind: "LONG_SUSPENSION", open: true },
      first: 100,
    });
    expect(reviewCases.nodes.find((node) => node.id === id)).toMatchObject({
      decision: null,
      certification: { id: passed.id },
      pensioner: { id: passed.pensioner.id },
    });
    const { reviewCase } = await decideCase(staff, id, "RELEASE");
    expect(reviewCase).toMatchObject({
      decision: "RELEASE",
      decidedBy: "sandbox-staff",
      reason: "已与本人核实",
      pensioner: { paymentStatus: { state: "PAYING", resumesMonth: "2026-08" } },
    });
    const { holds, backPay } = await readRecords(sandbox.app, passed.pensioner.id);
    expect(holds).toMatchObject([{ resumesMonth: "2026-08", restores: true, voided: false }]);
    // P8: payroll has cut May, so the hold began in June.
    expect(backPay.map(({ month }) => month)).toEqual(["2026-06", "2026-07"]);
    const again = await decideCase(staff, id, "KEEP");
    expect(again.userErrors).toMatchObject([{ code: "WRONG_STATE", path: ["input", "reviewCaseId"] }]);
  });

  test("P7 kept, payment stays as it is", async () => {
    const { passed, id } = await passedWhileSuspended("2026-04");
    expect((await decideCase(staff, id, "KEEP")).reviewCase?.decision).toBe("KEEP");
    const { holds, backPay } = await readRecords(sandbox.app, passed.pensioner.id);
    expect(holds).toEqual([hold("NOT_CERTIFIED")]);
    expect(backPay).toEqual([]);
  });

  test("P7, E9 a pass revoked since lifts nothing", async () => {
    const { passed, id } = await passedWhileSuspended("2026-04");
    await revoke(staff, passed.id);
    const { userErrors } = await decideCase(staff, id, "RELEASE");
    expect(userErrors).toMatchObject([{ code: "WRONG_STATE", path: ["input", "reviewCaseId"] }]);
    expect((await decideCase(staff, id, "KEEP")).userErrors).toEqual([]);
  });
});

describe("a second person", () => {
  const ownPass = [
    expect.objectContaining({
      code: "WRONG_STATE",
      path: ["input", "reviewCaseId"],
      message: expect.stringContaining("本人"),
    }),
  ];

  async function passedAtTheDesk() {
    const consular = await sandbox.signIn("CHINA_CONSULAR_APP");
    const person = await importPerson();
    const submitted = await certify(consular, person);
    await suspend(sandbox.app, submitted.pensioner.id, "2026-06");
    await decide(staff, submitted.id, "PASS");
    return { submitted, id: await openCase(sandbox.app, submitted.id, "LONG_SUSPENSION") };
  }

  test("P7 decides what follows from a pass that a reviewer gave", async () => {
    const { id } = await passedAtTheDesk();
    for (const decision of ["RELEASE", "KEEP"] as const)
      expect((await decideCase(staff, id, decision)).userErrors).toEqual(ownPass);
    const { reviewCase } = await decideCase(reviewer, id, "RELEASE");
    expect(reviewCase).toMatchObject({ decision: "RELEASE", decidedBy: "sandbox-reviewer" });
  });

  test("P7, E9 also when the pass has been taken back by someone else", async () => {
    const { submitted, id } = await passedAtTheDesk();
    await revoke(reviewer, submitted.id);
    expect((await decideCase(staff, id, "KEEP")).userErrors).toEqual(ownPass);
    expect((await decideCase(reviewer, id, "KEEP")).userErrors).toEqual([]);
  });

  test("P7, E5 releases after a visit that staff recorded; who recorded it may only keep", async () => {
    const person = await importPerson();
    const visitId = await requestedVisit(bank, person);
    await scheduleVisit(staff, visitId, { visitOn: "2026-07-15" });
    const evidence = [visited("2026-07-15T01:30:00.000Z")];
    const { homeVisit } = await completeVisit(staff, visitId, { evidence });
    const passId = homeVisit?.certification?.id ?? "";
    const id = await openCase(sandbox.app, passId, "LONG_SUSPENSION");
    expect((await decideCase(staff, id, "RELEASE")).userErrors).toEqual(ownPass);
    expect((await decideCase(staff, id, "KEEP")).userErrors).toEqual([]);
  });
});

describe("after a reported death", () => {
  async function passedAfterDeath() {
    const person = await importPerson();
    const deaths = [
      await reported(staff, person, { source: "CIVIL_AFFAIRS" }),
      await reported(staff, person, { source: "HEALTH" }),
    ];
    const passed = await certify(bank, person);
    const id = await openCase(sandbox.app, passed.id, "PASS_AFTER_DEATH");
    return { person, deaths, passed, id };
  }

  test("C5, P5 a release takes back every report of the death, and the months are paid", async () => {
    const { person, deaths, passed, id } = await passedAfterDeath();
    await suspend(sandbox.app, passed.pensioner.id, "2026-06");
    await decideEvent(staff, deaths[1]?.id ?? "", "CONFIRM");
    await decideCase(staff, id, "RELEASE");
    expect((await readStatus(bank, person)).paymentStatus.state).toBe("PAYING");
    const { holds, backPay } = await readRecords(sandbox.app, passed.pensioner.id);
    expect(holds.map(({ reason, voided }) => [reason, voided]).sort()).toEqual([
      ["DEATH_REPORTED", true],
      ["DEATH_REPORTED", true],
      ["NOT_CERTIFIED", false],
    ]);
    expect(backPay.map(({ month }) => month)).toEqual(["2026-06", "2026-07"]);
    const { node } = await staff.request(NodeDocument, { id: deaths[0]?.id ?? "" });
    expect(node).toMatchObject({ lifeEventState: "VOIDED" });
  });

  test("C5, P7 a suspension that has a case of its own waits for that one", async () => {
    const { passed, id } = await passedAfterDeath();
    await suspend(sandbox.app, passed.pensioner.id, "2026-06");
    const other = await openCase(sandbox.app, passed.id, "LONG_SUSPENSION");
    await decideCase(staff, id, "RELEASE");
    expect(await readRecords(sandbox.app, passed.pensioner.id)).toMatchObject({ backPay: [] });
    await decideCase(staff, other, "RELEASE");
    const { backPay } = await readRecords(sandbox.app, passed.pensioner.id);
    expect(backPay.map(({ month }) => month)).toEqual(["2026-06", "2026-07"]);
  });

  test("C5 a case of the same kind and pass is opened once, and shown to reviewers alone", async () => {
    const { passed, id } = await passedAfterDeath();
    expect(await openCase(sandbox.app, passed.id, "PASS_AFTER_DEATH")).toBe(id);
    expect((await staff.request(NodeDocument, { id })).node).toMatchObject({ __typename: "ReviewCase" });
    expect((await bank.request(NodeDocument, { id })).node).toBeNull();
    expect((await decideCase(staff, "case_0", "KEEP")).userErrors).toMatchObject([{ code: "NOT_FOUND" }]);
  });
});
