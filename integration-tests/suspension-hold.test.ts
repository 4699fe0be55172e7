import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { advanceClock, type CertificationAnswer, certify, readStatus } from "./testkit/certify.js";
import { ExpiryCalendarDocument, PensionerStatusDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { readRecords } from "./testkit/records.js";
import { decide, revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

/** Everyone here is valid through 2026-05-31 and of one employer, so that a calendar can count them alone. */
const EMPLOYER = "E-P3";
const everyone = new Map<string, TestPerson>();
const submissions = new Map<string, CertificationAnswer>();
let sandbox: SandboxServer;
let consular: GraphQLClient;
let bank: GraphQLClient;
let reviewer: GraphQLClient;

async function importPerson(name: string): Promise<TestPerson> {
  const person = buildPerson({ lastCertifiedOn: "2025-05-08", employerCode: EMPLOYER });
  await importPeople(sandbox.app, [person]);
  everyone.set(name, person);
  return person;
}

async function submit(name: string): Promise<void> {
  submissions.set(name, await certify(consular, await importPerson(name)));
}

const idOf = (name: string) => submissions.get(name)?.id ?? "";
const personOf = (name: string) => everyone.get(name) ?? buildPerson();

async function payment(name: string) {
  return (await readStatus(reviewer, personOf(name))).paymentStatus;
}

/** By deadline month, everyone of the employer: what the calendar counts, and what the statuses add up to. */
async function calendarAndStatuses() {
  const filter = { from: "2026-01", through: "2028-12", employerCode: EMPLOYER } as const;
  const { expiryCalendar } = await reviewer.request(ExpiryCalendarDocument, { filter });
  const statuses = await Promise.all([...everyone.values()].map((person) => readStatus(reviewer, person)));
  const counted = expiryCalendar.map(({ month, suspended, outstanding }) => ({
    month,
    suspended,
    outstanding,
  }));
  const added = counted.map(({ month }) => {
    const due = statuses.filter(({ certificationStatus }) =>
      certificationStatus.validThrough.startsWith(month),
    );
    const suspended = due.filter(({ paymentStatus }) =>
      paymentStatus.reasons.includes("NOT_CERTIFIED"),
    ).length;
    return { month, suspended, outstanding: due.length - suspended };
  });
  return { counted, added };
}

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-31T15:50:00Z" });
  consular = await sandbox.signIn("CHINA_CONSULAR_APP");
  bank = await sandbox.signIn("ICBC_APP");
  reviewer = await sandbox.signIn("sandbox-staff");
  // Ten minutes before midnight in Beijing, and right after it.
  for (const name of ["passed", "rejected", "elsewhere", "waiting"]) await submit(name);
  await importPerson("nothing");
  await advanceClock(reviewer, "2026-05-31T16:00:00Z");
  for (const name of ["late", "late and waiting"]) await submit(name);
});

afterAll(() => sandbox[Symbol.asyncDispose]());

test("P3 a submission of the last valid day holds the suspension, one of the next day does not", async () => {
  expect(await payment("passed")).toMatchObject({ state: "PAYING", reasons: [], unpaidMonths: [] });
  expect(await payment("late")).toMatchObject({ state: "SUSPENDED", unpaidMonths: ["2026-06"] });
  expect(await payment("nothing")).toMatchObject({ state: "SUSPENDED", unpaidMonths: ["2026-06"] });
  const { certificationStatus } = await readStatus(reviewer, personOf("passed"));
  expect(certificationStatus.state).toBe("OVERDUE");
  expect(certificationStatus.explanation.join()).toContain("P3");
});

test("P3 the channel is told whether payment goes on meanwhile", async () => {
  const noticeOf = async (name: string) => {
    const variables = { subject: subjectOf(personOf(name)) };
    return (await consular.request(PensionerStatusDocument, variables)).pensionerStatus.notice;
  };
  expect(await noticeOf("passed")).toMatchObject({
    code: "UNDER_REVIEW",
    message: expect.stringContaining("审核期间待遇照常发放"),
  });
  expect(await noticeOf("late")).toMatchObject({
    code: "UNDER_REVIEW",
    message: expect.stringContaining("待遇已暂停发放"),
  });
});

test("P3 the calendar counts as the statuses say", async () => {
  const { counted, added } = await calendarAndStatuses();
  expect(counted).toEqual(added);
  expect(counted.find(({ month }) => month === "2026-05")).toMatchObject({ suspended: 3, outstanding: 4 });
});

describe("two months later", () => {
  beforeAll(() => advanceClock(reviewer, "2026-07-05T02:00:00Z"));

  test("P3 passed: nothing was unpaid and nothing is paid back", async () => {
    const { certification } = await decide(reviewer, idOf("passed"), "PASS");
    expect(certification).toMatchObject({
      validThrough: "2027-07-31",
      receivedAt: expect.stringMatching(/^2026-05-31T15:5/),
      pensioner: {
        paymentStatus: { state: "PAYING", resumesMonth: null, backPayMonths: [], unpaidMonths: [] },
      },
    });
    const records = await readRecords(sandbox.app, certification?.pensioner.id ?? "");
    expect(records.holds).toEqual([]);
    expect(records.backPay).toEqual([]);
  });

  test("P3, P4 submitted too late and passed: paid back as after any pass", async () => {
    const { certification } = await decide(reviewer, idOf("late"), "PASS");
    expect(certification?.pensioner.paymentStatus).toMatchObject({
      state: "PAYING",
      resumesMonth: "2026-08",
      backPayMonths: ["2026-06", "2026-07"],
    });
  });

  test("P3 rejected: what was paid while it waited stays paid, until the next batch", async () => {
    await decide(reviewer, idOf("rejected"), "REJECT");
    expect(await payment("rejected")).toMatchObject({ state: "PAYING", unpaidMonths: [] });
  });

  test("P3 while it waits, a pass through another channel pays nothing back, nor does the decision after it", async () => {
    const passed = await certify(bank, personOf("elsewhere"));
    expect(passed).toMatchObject({
      state: "PASSED",
      pensioner: { paymentStatus: { state: "PAYING", backPayMonths: [], resumesMonth: null } },
    });
    const { certification } = await decide(reviewer, idOf("elsewhere"), "PASS");
    expect(certification?.pensioner.paymentStatus).toMatchObject({ state: "PAYING", backPayMonths: [] });
    // E9, P3: one of the two passes is taken back; the other one, and the submission, were in time.
    const { certification: revoked } = await revoke(reviewer, passed.id);
    expect(revoked).toMatchObject({ state: "REVOKED", overpaidMonths: [] });
  });

  test("P3 the calendar still counts as the statuses say", async () => {
    const { counted, added } = await calendarAndStatuses();
    expect(counted).toEqual(added);
    expect(counted.find(({ month }) => month === "2026-05")).toMatchObject({ suspended: 2, outstanding: 2 });
    expect(counted.find(({ month }) => month === "2027-07")).toMatchObject({ suspended: 0, outstanding: 3 });
  });

  test("P3, P4 the next batch suspends who was rejected, and no month that was paid is paid back", async () => {
    await advanceClock(reviewer, "2026-08-03T02:00:00Z");
    expect(await payment("waiting")).toMatchObject({ state: "PAYING" });
    expect(await payment("rejected")).toMatchObject({ state: "SUSPENDED", unpaidMonths: ["2026-08"] });
    const passed = await certify(bank, personOf("rejected"));
    expect(passed.pensioner.paymentStatus).toMatchObject({
      state: "PAYING",
      resumesMonth: "2026-09",
      backPayMonths: ["2026-08"],
    });
  });
});
