import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { DocumentType } from "../src/domain/document-number.js";
import { advanceClock, certify, type Named, type PensionerAnswer, readStatus } from "./testkit/certify.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, importRegisterFile } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const registerFile = fileURLToPath(new URL("fixtures/register.csv", import.meta.url));

function named(name: string, type: DocumentType, number: string): Named {
  return { name, document: { type, number } };
}

/** The people of fixtures/register.csv: one a row of the worked dates. */
const neverCertified = named("郑新月", "RESIDENT_ID", "11010519491231002X");
const passedMay2026 = named("冯立夏", "RESIDENT_ID", "440524188001010014");
// The register has the old 15-digit number (C3).
const passedMay2025 = named("褚芒种", "RESIDENT_ID", "110108194901010012");
const passedJune2024 = named("卫夏至", "RESIDENT_ID", "110103193503070048");
const passedApril2024 = named("蒋清明", "RESIDENT_ID", "11022119420228001X");
const passesLastOfFebruary = named("沈雨水", "HMT_RESIDENCE_PERMIT", "810000194901010011");
const passesLastMinute = named("韩岁末", "HMT_RESIDENCE_PERMIT", "820000194901010021");
const passesAgain = named("杨立冬", "HMT_RESIDENCE_PERMIT", "830000194901010015");
const passesUnpaid = named("Chu  Bailu", "FOREIGN_PERMANENT_RESIDENT_ID", "911124198108030024");

let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  // The clock stands still between two moves, so that an instant is exact to the millisecond.
  vi.useFakeTimers({ toFake: ["Date"] });
  sandbox = await startSandbox({ clock: "2025-12-31T15:59:00Z" });
  channel = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  vi.useRealTimers();
});

interface Dates {
  readonly lastCertifiedOn: string | null;
  readonly anchorMonth: string;
  readonly validThrough: string;
  readonly reminderMonths: readonly string[];
  readonly firstUnpaidMonth: string;
}

function datesOf({ certificationStatus: status }: PensionerAnswer): Dates {
  const { lastCertifiedOn, anchorMonth, validThrough, reminderMonths, firstUnpaidMonth } = status;
  return { lastCertifiedOn, anchorMonth, validThrough, reminderMonths, firstUnpaidMonth };
}

const paying = { state: "PAYING", reasons: [], firstUnpaidMonth: null, unpaidMonths: [] };

describe("the instant of the pass decides the month", () => {
  const lastMinuteDates: Dates = {
    lastCertifiedOn: "2025-12-31",
    anchorMonth: "2025-12",
    validThrough: "2026-12-31",
    reminderMonths: ["2026-10", "2026-11", "2026-12"],
    firstUnpaidMonth: "2027-01",
  };

  test("V1 V6 passed 2025-12-31 23:59 Beijing: 2025-12", async () => {
    await importPeople(sandbox.app, [buildPerson({ ...passesLastMinute, lastCertifiedOn: "2025-01-10" })]);
    expect(await readStatus(channel, passesLastMinute)).toMatchObject({
      certificationStatus: { anchorMonth: "2025-01", validThrough: "2026-01-31", state: "DUE_SOON" },
    });
    const certification = await certify(channel, passesLastMinute);
    expect(certification).toMatchObject({ state: "PASSED", receivedAt: "2025-12-31T15:59:00.000Z" });
    expect(datesOf(await readStatus(channel, passesLastMinute))).toEqual(lastMinuteDates);
  });

  test.each([
    ["2026-05-31T15:59:59.000Z", "2027-05-31", "2026-05-31"],
    ["2026-05-31T15:59:59.999Z", "2027-05-31", "2026-05-31"],
    ["2026-05-31T16:00:00.000Z", "2027-06-30", "2026-06-01"],
  ])("V6 passed at %s: valid through %s", async (instant, validThrough, lastCertifiedOn) => {
    const [person = buildPerson()] = buildPeople(1, { lastCertifiedOn: "2025-11-11" });
    await importPeople(sandbox.app, [person]);
    await advanceClock(channel, instant);
    const certification = await certify(channel, person);
    expect(certification).toMatchObject({ receivedAt: instant, occurredAt: instant, decidedAt: instant });
    expect(certification.validThrough).toBe(validThrough);
    expect(datesOf(await readStatus(channel, person))).toMatchObject({ lastCertifiedOn, validThrough });
  });
});

describe("a register imported on 2026-06-02", () => {
  test("adds its nine people, and the one it knew before keeps the later pass (V3)", async () => {
    await advanceClock(channel, "2026-06-02T02:00:00Z");
    expect(await importRegisterFile(sandbox.app, registerFile)).toMatchObject({
      lines: 9,
      added: 8,
      failed: 0,
    });
    expect(datesOf(await readStatus(channel, passesLastMinute))).toMatchObject({
      validThrough: "2026-12-31",
    });
  });

  test.each([
    [
      "approved 2026-02, never certified",
      {
        person: neverCertified,
        state: "VALID",
        lastCertifiedOn: null,
        anchorMonth: "2026-02",
        validThrough: "2027-02-28",
        reminderMonths: ["2026-12", "2027-01", "2027-02"],
        firstUnpaidMonth: "2027-03",
      },
    ],
    [
      "passed 2026-05",
      {
        person: passedMay2026,
        state: "VALID",
        lastCertifiedOn: "2026-05-17",
        anchorMonth: "2026-05",
        validThrough: "2027-05-31",
        reminderMonths: ["2027-03", "2027-04", "2027-05"],
        firstUnpaidMonth: "2027-06",
      },
    ],
    [
      "passed 2025-05",
      {
        person: passedMay2025,
        state: "OVERDUE",
        lastCertifiedOn: "2025-05-06",
        anchorMonth: "2025-05",
        validThrough: "2026-05-31",
        reminderMonths: ["2026-03", "2026-04", "2026-05"],
        firstUnpaidMonth: "2026-06",
      },
    ],
    [
      "SMS says 2025年06月月末",
      {
        person: passedJune2024,
        state: "OVERDUE",
        lastCertifiedOn: "2024-06-20",
        anchorMonth: "2024-06",
        validThrough: "2025-06-30",
        reminderMonths: ["2025-04", "2025-05", "2025-06"],
        firstUnpaidMonth: "2025-07",
      },
    ],
    [
      "passed 2024-04-09",
      {
        person: passedApril2024,
        state: "OVERDUE",
        lastCertifiedOn: "2024-04-09",
        anchorMonth: "2024-04",
        validThrough: "2025-04-30",
        reminderMonths: ["2025-02", "2025-03", "2025-04"],
        firstUnpaidMonth: "2025-05",
      },
    ],
    [
      "passed 2026-03-15, before it passes 2027-02-28",
      {
        person: passesLastOfFebruary,
        state: "VALID",
        lastCertifiedOn: "2026-03-15",
        anchorMonth: "2026-03",
        validThrough: "2027-03-31",
        reminderMonths: ["2027-01", "2027-02", "2027-03"],
        firstUnpaidMonth: "2027-04",
      },
    ],
    [
      "passed 2025-12-31 23:59 Beijing",
      {
        person: passesLastMinute,
        state: "VALID",
        lastCertifiedOn: "2025-12-31",
        anchorMonth: "2025-12",
        validThrough: "2026-12-31",
        reminderMonths: ["2026-10", "2026-11", "2026-12"],
        firstUnpaidMonth: "2027-01",
      },
    ],
    [
      "valid to 2027-05, before it passes again",
      {
        person: passesAgain,
        state: "VALID",
        lastCertifiedOn: "2026-05-08",
        anchorMonth: "2026-05",
        validThrough: "2027-05-31",
        reminderMonths: ["2027-03", "2027-04", "2027-05"],
        firstUnpaidMonth: "2027-06",
      },
    ],
    [
      "unpaid from 2026-06, before it passes",
      {
        person: passesUnpaid,
        state: "OVERDUE",
        lastCertifiedOn: "2025-05-20",
        anchorMonth: "2025-05",
        validThrough: "2026-05-31",
        reminderMonths: ["2026-03", "2026-04", "2026-05"],
        firstUnpaidMonth: "2026-06",
      },
    ],
  ])("V1 V2 R1 P1 %s", async (_, { person, state, ...dates }) => {
    const pensioner = await readStatus(channel, person);
    expect(datesOf(pensioner)).toEqual(dates);
    expect(pensioner.certificationStatus.state).toBe(state);
    expect(pensioner.paymentStatus.state).toBe(state === "OVERDUE" ? "SUSPENDED" : "PAYING");
  });
});

describe("the passes that follow", () => {
  test("P1 P2 P4 unpaid from 2026-06, passes 2026-09-10: 2026-06 to 2026-09 are paid with 2026-10", async () => {
    await advanceClock(channel, "2026-09-10T01:30:00Z");
    const unpaidMonths = ["2026-06", "2026-07", "2026-08", "2026-09"];
    expect((await readStatus(channel, passesUnpaid)).paymentStatus).toEqual({
      state: "SUSPENDED",
      reasons: ["NOT_CERTIFIED"],
      firstUnpaidMonth: "2026-06",
      unpaidMonths,
      resumesMonth: null,
      backPayMonths: [],
    });
    await certify(channel, passesUnpaid, { recertifyWhenValid: false });
    const after = await readStatus(channel, passesUnpaid);
    expect(datesOf(after)).toEqual({
      lastCertifiedOn: "2026-09-10",
      anchorMonth: "2026-09",
      validThrough: "2027-09-30",
      reminderMonths: ["2027-07", "2027-08", "2027-09"],
      firstUnpaidMonth: "2027-10",
    });
    const resumption = { state: "PAYING", reasons: [], resumesMonth: "2026-10", backPayMonths: unpaidMonths };
    // Until the resumed month's payment the released months are still not paid.
    expect(after.paymentStatus).toEqual({ ...resumption, firstUnpaidMonth: "2026-06", unpaidMonths });
    await advanceClock(channel, "2026-09-30T16:00:00Z");
    const { paymentStatus } = await readStatus(channel, passesUnpaid);
    expect(paymentStatus).toEqual({ ...resumption, firstUnpaidMonth: null, unpaidMonths: [] });
  });

  test("V3 valid to 2027-05, passes again 2026-11-03: valid through 2027-11-30, nothing stacks", async () => {
    await advanceClock(channel, "2026-11-03T03:00:00Z");
    await certify(channel, passesAgain);
    const after = await readStatus(channel, passesAgain);
    expect(datesOf(after)).toEqual({
      lastCertifiedOn: "2026-11-03",
      anchorMonth: "2026-11",
      validThrough: "2027-11-30",
      reminderMonths: ["2027-09", "2027-10", "2027-11"],
      firstUnpaidMonth: "2027-12",
    });
    expect(after.paymentStatus).toEqual({ ...paying, resumesMonth: null, backPayMonths: [] });
  });

  // In the order of the last valid days: the clock only moves forward.
  test.each([
    [
      "passed 2025-12-31 23:59 Beijing",
      "2027-01",
      { person: passesLastMinute, midnight: "2026-12-31T16:00:00Z" },
    ],
    ["approved 2026-02", "2027-03", { person: neverCertified, midnight: "2027-02-28T16:00:00Z" }],
    ["passed 2026-05", "2027-06", { person: passedMay2026, midnight: "2027-05-31T16:00:00Z" }],
    ["passed 2026-09-10", "2027-10", { person: passesUnpaid, midnight: "2027-09-30T16:00:00Z" }],
    ["passed 2026-11-03", "2027-12", { person: passesAgain, midnight: "2027-11-30T16:00:00Z" }],
    ["passed 2027-02-28", "2028-03", { person: passesLastOfFebruary, midnight: "2028-02-29T16:00:00Z" }],
  ])("P1 V5 %s: paid to the end of the last valid day, not in %s", async (_, month, { person, midnight }) => {
    const lastMoment = Temporal.Instant.from(midnight).subtract({ milliseconds: 1 });
    await advanceClock(channel, lastMoment.toString());
    expect(await readStatus(channel, person)).toMatchObject({
      certificationStatus: { state: "DUE_SOON" },
      paymentStatus: paying,
    });
    // The row that passes on the last day of February does so in the last moment of that day.
    if (midnight === "2027-02-28T16:00:00Z") await passOnLastOfFebruary();
    await advanceClock(channel, midnight);
    expect(await readStatus(channel, person)).toMatchObject({
      certificationStatus: { state: "OVERDUE" },
      paymentStatus: { state: "SUSPENDED", firstUnpaidMonth: month, unpaidMonths: [month] },
    });
  });

  async function passOnLastOfFebruary(): Promise<void> {
    await certify(channel, passesLastOfFebruary);
    expect(datesOf(await readStatus(channel, passesLastOfFebruary))).toEqual({
      lastCertifiedOn: "2027-02-28",
      anchorMonth: "2027-02",
      validThrough: "2028-02-29",
      reminderMonths: ["2027-12", "2028-01", "2028-02"],
      firstUnpaidMonth: "2028-03",
    });
  }
});
