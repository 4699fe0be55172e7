import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendMessages } from "../src/delivery/send-messages.js";
import { auditEntry, event } from "../src/storage/tables.js";
import { advanceClock, type CertificationAnswer, certify, readStatus } from "./testkit/certify.js";
import {
  ContactPhoneReportWrongDocument,
  MoratoriaDocument,
  MoratoriumEndDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { languages } from "./testkit/guarded-answer.js";
import { runJob } from "./testkit/job-runs.js";
import { buildBenefit, buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { keyOf, readMessages, readRecords } from "./testkit/records.js";
import { decide } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { ScriptedGateway } from "./testkit/scripted-gateway.js";
import { approve, candidateState, close, readBatchOf, spare } from "./testkit/suspension.js";

/** One story, from the last valid day of everyone's to the second month's batch. */

const names = ["lapsed", "unreachable", "late", "waiting", "spared", "elsewhere", "valid"] as const;
type Name = (typeof names)[number];
const people = new Map<Name, TestPerson>();
const ids = new Map<Name, string>();
let sandbox: SandboxServer;
let consular: GraphQLClient;
let bank: GraphQLClient;
let staff: GraphQLClient;
let submission: CertificationAnswer;

const personOf = (name: Name) => people.get(name) ?? buildPerson();
const idOf = (name: Name) => ids.get(name) ?? "";
const recordsOf = (name: Name) => readRecords(sandbox.app, idOf(name));
const stateOf = (name: Name, month = "2026-06") => candidateState(sandbox.app, idOf(name), month);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-31T02:00:00Z", jobs: [] });
  consular = await sandbox.signIn("CHINA_CONSULAR_APP");
  bank = await sandbox.signIn("ICBC_APP");
  staff = await sandbox.signIn("sandbox-staff");
  const overrides: Partial<Record<Name, Partial<TestPerson>>> = {
    unreachable: { phone: "13911110002" },
    spared: {
      benefits: [buildBenefit(), buildBenefit({ type: "LIVING_CARE_ALLOWANCE", districtCode: "110109" })],
    },
    elsewhere: { benefits: [buildBenefit({ districtCode: "110101" })] },
    valid: { lastCertifiedOn: "2025-06-08" },
  };
  for (const [position, name] of names.entries()) {
    const phone = `1391111010${position}`;
    people.set(name, buildPerson({ lastCertifiedOn: "2025-05-08", phone, ...overrides[name] }));
  }
  await importPeople(sandbox.app, [...people.values()]);
  for (const [name, person] of people) ids.set(name, (await readStatus(staff, person)).id);
  submission = await certify(consular, personOf("waiting"));
  const { name } = personOf("unreachable");
  await bank.request(ContactPhoneReportWrongDocument, {
    input: { idempotencyKey: randomUUID(), phone: "13911110002", name },
  });
});

afterAll(() => sandbox[Symbol.asyncDispose]());

describe("before the month has ended", () => {
  test("P3 the next month is shown in advance, not written down, and cannot be approved", async () => {
    const batch = await readBatchOf(staff, "2026-06", 500);
    expect(batch).toMatchObject({ month: "2026-06", state: "PREVIEW", proposedAt: null, approvedBy: null });
    const listed = new Map(
      batch?.candidateDetails.nodes.map((node) => [node.pensioner.id, node.expectedState]),
    );
    expect(batch?.total).toBe(listed.size);
    expect(names.map((name) => listed.get(idOf(name)))).toEqual([
      "SUSPENDED",
      "SUSPENDED",
      "SUSPENDED",
      "UNDER_REVIEW",
      "SUSPENDED",
      "SUSPENDED",
      undefined,
    ]);
    for (const language of languages) {
      const { userErrors } = await approve(staff.in(language), "2026-06");
      expect(userErrors).toMatchObject([{ code: "WRONG_STATE", path: ["input", "month"] }]);
    }
    expect(await readBatchOf(staff, "2026-05")).not.toBeNull();
    expect(await readBatchOf(staff, "2026-04")).toBeNull();
    expect(await readBatchOf(staff, "2026-07")).toBeNull();
  });

  test("P3 the list in advance is read page by page", async () => {
    const all = await readBatchOf(staff, "2026-06", 500);
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const answer: Awaited<ReturnType<typeof page>> = await page("2026-06", after);
      seen.push(...answer.nodes);
      if (!answer.more) break;
      after = answer.after;
    }
    expect(seen).toEqual(all?.candidateDetails.nodes.map((node) => node.pensioner.id));
  });

  test("P3 a moratorium is put in force by staff who may approve, and by nobody else", async () => {
    const { moratorium, userErrors } = await spare(staff, { districtCode: "110109" });
    expect(userErrors).toEqual([]);
    expect(moratorium).toMatchObject({ districtCode: "110109", createdBy: "sandbox-staff", endedAt: null });
    const { moratoria } = await staff.request(MoratoriaDocument, {});
    expect(moratoria).toEqual([moratorium]);
    const payroll = await sandbox.signIn("sandbox-payroll");
    await expect(spare(payroll)).rejects.toThrow("FORBIDDEN");
    await expect(approve(payroll, "2026-06")).rejects.toThrow("FORBIDDEN");
    expect(await readBatchOf(payroll, "2026-06")).not.toBeNull();
  });

  test.each([
    ["months the wrong way round", { fromMonth: "2026-08", throughMonth: "2026-07" }, "throughMonth"],
    ["months that have passed", { fromMonth: "2026-03", throughMonth: "2026-04" }, "throughMonth"],
    ["too many months", { throughMonth: "2031-06" }, "throughMonth"],
    ["a district that is none", { districtCode: "海淀区" }, "districtCode"],
    ["no reason", { reason: " " }, "reason"],
  ])("P3 a moratorium with %s is refused", async (_, overrides, field) => {
    const { userErrors } = await spare(staff, overrides);
    expect(userErrors).toMatchObject([{ code: "INVALID_INPUT", path: ["input", field] }]);
  });
});

async function page(month: string, after: string | null) {
  const { data } = await staff.send<{
    suspensionBatch: {
      candidates: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
  }>({
    query: `query($after: String) { suspensionBatch(month: "${month}") {
      candidates(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }`,
    variables: { after },
  });
  const { nodes, pageInfo } = data?.suspensionBatch.candidates ?? { nodes: [], pageInfo: undefined };
  return {
    nodes: nodes.map(({ id }) => id),
    more: pageInfo?.hasNextPage ?? false,
    after: pageInfo?.endCursor ?? null,
  };
}

describe("the first of June", () => {
  beforeAll(() => advanceClock(staff, "2026-06-01T02:00:00Z"));

  test("P3 whoever is not valid any more is written down, and nothing else happens", async () => {
    const counts = await close(sandbox.app, "2026-06", { freezeChunk: 3 });
    const batch = await readBatchOf(staff, "2026-06", 500);
    expect(batch).toMatchObject({
      state: "PREVIEW",
      proposedAt: expect.stringContaining("2026-06-01T02:00"),
      total: counts?.["candidates"],
      suspended: 0,
      spared: 0,
      breakers: [],
    });
    expect(batch?.candidateDetails.nodes).toHaveLength(batch?.total ?? -1);
    expect(await Promise.all(names.map((name) => stateOf(name)))).toEqual([
      ...Array.from({ length: 6 }, () => "PROPOSED"),
      undefined,
    ]);
    const mine = batch?.candidateDetails.nodes.find((node) => node.pensioner.id === idOf("spared"));
    expect(mine).toMatchObject({
      state: "PROPOSED",
      expectedState: "POSTPONED",
      validThrough: "2026-05-31",
      decidedAt: null,
      reminders: [],
    });
    expect(mine?.explanation).toEqual([expect.stringContaining("P1"), expect.stringContaining("P3")]);
    expect((await recordsOf("lapsed")).holds).toEqual([]);
    // Closed again, whether as the same run or as another, nothing changes.
    expect(await close(sandbox.app, "2026-06")).toBeNull();
    expect((await readBatchOf(staff, "2026-06"))?.total).toBe(batch?.total);
  });

  test("P1, P3 approved, each is looked at once more: who certified meanwhile, waits or is spared is not suspended", async () => {
    await certify(bank, personOf("late"));
    const { suspensionBatch, userErrors } = await approve(staff, "2026-06");
    expect(userErrors).toEqual([]);
    expect(suspensionBatch).toMatchObject({
      state: "APPLIED",
      approvedBy: "sandbox-staff",
      approvedAt: expect.stringContaining("2026-06-01T02:00"),
      appliedAt: expect.stringContaining("2026-06-01T02:00"),
    });
    expect(suspensionBatch?.suspended).toBe((suspensionBatch?.total ?? 0) - (suspensionBatch?.spared ?? 0));
    expect(await Promise.all(names.slice(0, 6).map((name) => stateOf(name)))).toEqual([
      "SUSPENDED",
      "SUSPENDED",
      "CERTIFIED",
      "UNDER_REVIEW",
      "POSTPONED",
      "SUSPENDED",
    ]);
    for (const name of ["waiting", "spared"] as const) expect((await recordsOf(name)).holds).toEqual([]);
    expect((await approve(staff, "2026-06")).userErrors).toMatchObject([{ code: "WRONG_STATE" }]);
  });

  test("P1, R5 hold, version, notice, event and trace of a suspension", async () => {
    const { holds, pensioner } = await recordsOf("lapsed");
    expect(holds).toMatchObject([
      {
        reason: "NOT_CERTIFIED",
        fromMonth: "2026-06",
        resumesMonth: null,
        batchMonth: "2026-06",
        restores: true,
      },
    ]);
    expect(pensioner[0]?.version).toBe(2);
    expect(await readMessages(sandbox.app, idOf("lapsed"))).toMatchObject([
      {
        kind: "PAYMENT_SUSPENDED",
        month: "2026-06",
        recipient: "PENSIONER",
        state: "QUEUED",
        body: expect.stringMatching(new RegExp(`${personOf("lapsed").name}.*2026年06月起暂停发放`)),
      },
    ]);
    const { db } = sandbox.app.database;
    const { pensionerId } = keyOf(idOf("lapsed"));
    expect(await db.select().from(event).where(eq(event.pensionerId, pensionerId))).toMatchObject([
      { type: "payment.suspended", subjectId: idOf("lapsed"), sequence: 1 },
    ]);
    const entries = (await db.select().from(auditEntry)).map(({ entry }) => JSON.parse(entry));
    expect(entries.filter((entry) => entry.pensionerId === pensionerId)).toMatchObject([
      {
        clientId: "job:suspension-apply",
        operation: "suspensionApply",
        outcome: "SUSPENDED from=2026-06 approvedBy=sandbox-staff",
      },
    ]);
    expect(entries.map((entry) => entry.operation)).toEqual(
      expect.arrayContaining(["suspensionBatchPropose", "suspensionBatchApprove", "moratoriumCreate"]),
    );
  });

  test("R6 no notice goes to a phone that was reported as someone else's", async () => {
    const { database, sealing, services } = sandbox.app;
    const gateway = new ScriptedGateway();
    const context = { database, sealing, gateway, limits: { perSecond: 1_000 } };
    await runJob(database, services.now(), (run) => sendMessages(context, run));
    expect(await readMessages(sandbox.app, idOf("unreachable"))).toMatchObject([
      { kind: "PAYMENT_SUSPENDED", state: "NO_PHONE", phone: null },
    ]);
    expect(await readMessages(sandbox.app, idOf("lapsed"))).toMatchObject([
      { state: "SENT", phone: "13911110100" },
    ]);
  });
});

describe("the first of July", () => {
  test("P3 who was rejected, and whom no moratorium spares any more, is proposed with the next month", async () => {
    const { moratoria } = await staff.request(MoratoriaDocument, {});
    const end = { idempotencyKey: randomUUID(), moratoriumId: moratoria[0]?.id ?? "" };
    const { moratoriumEnd } = await staff.request(MoratoriumEndDocument, { input: end });
    expect(moratoriumEnd.moratorium?.endedAt).not.toBeNull();
    const again = { ...end, idempotencyKey: randomUUID() };
    expect(
      (await staff.request(MoratoriumEndDocument, { input: again })).moratoriumEnd.userErrors,
    ).toMatchObject([{ code: "WRONG_STATE" }]);
    await decide(staff, submission.id, "REJECT");
    await advanceClock(staff, "2026-07-01T02:00:00Z");
    await close(sandbox.app, "2026-07");
    expect(await Promise.all(names.map((name) => stateOf(name, "2026-07")))).toEqual([
      undefined,
      undefined,
      undefined,
      "PROPOSED",
      "PROPOSED",
      undefined,
      "PROPOSED",
    ]);
  });

  test("P3 a tripped breaker stops the approval until it is named", async () => {
    expect(await readBatchOf(staff, "2026-07")).toMatchObject({
      breakers: ["CHANNEL_INBOX_UNREAD", "IMPORT_MISSING"],
    });
    for (const language of languages) {
      const { suspensionBatch, userErrors } = await approve(staff.in(language), "2026-07", {
        overrideBreakers: ["CHANNEL_INBOX_UNREAD", "TWICE_LAST_MONTH"],
      });
      expect(suspensionBatch).toBeNull();
      expect(userErrors).toMatchObject([
        {
          code: "WRONG_STATE",
          path: ["input", "overrideBreakers"],
          message: expect.stringMatching(/(?<!UNREAD, )IMPORT_MISSING/),
        },
      ]);
    }
    const { suspensionBatch } = await approve(staff, "2026-07", {
      overrideBreakers: ["IMPORT_MISSING", "CHANNEL_INBOX_UNREAD"],
    });
    expect(suspensionBatch?.state).toBe("APPLIED");
    for (const name of ["waiting", "spared", "valid"] as const) {
      expect(await stateOf(name, "2026-07")).toBe("SUSPENDED");
      expect((await recordsOf(name)).holds).toMatchObject([{ fromMonth: "2026-07", resumesMonth: null }]);
    }
  });

  test("P3 in a sandbox a batch may approve itself, breakers or not", async () => {
    await advanceClock(staff, "2026-08-01T02:00:00Z");
    await close(sandbox.app, "2026-08", { autoApprove: true });
    expect(await readBatchOf(staff, "2026-08")).toMatchObject({
      state: "APPLIED",
      approvedBy: "sandbox",
      breakers: ["CHANNEL_INBOX_UNREAD", "IMPORT_MISSING"],
    });
  });
});
