import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { App } from "../../src/app.js";
import type { ReviewCaseKind } from "../../src/domain/review-case.js";
import { openHold } from "../../src/operations/payment-holds.js";
import { openReviewCase } from "../../src/operations/review-cases.js";
import { ownedOpaqueId, parseOpaqueId } from "../../src/storage/ids.js";
import { lockPensioner } from "../../src/storage/locked-pensioner.js";
import { payrollList, reviewCase } from "../../src/storage/tables.js";
import type { Named } from "./certify.js";
import {
  LifeEventCorrectDocument,
  type LifeEventCorrectInput,
  LifeEventDecideDocument,
  type LifeEventDecision,
  LifeEventReportDocument,
  type LifeEventReportInput,
  type LifeEventReportMutation,
  LifeEventVoidDocument,
  ReviewCaseDecideDocument,
  type ReviewCaseDecideMutation,
  type ReviewCaseDecision,
} from "./gql/graphql.js";
import type { GraphQLClient } from "./graphql-client.js";
import { subjectOf } from "./people.js";
import { keyOf } from "./records.js";

export type ReportAnswer = LifeEventReportMutation["lifeEventReport"];
export type ReportedEvent = NonNullable<ReportAnswer["lifeEvent"]>;

/** A report of a death, unless it is told otherwise. */
export async function report(
  client: GraphQLClient,
  person: Named,
  overrides: Partial<LifeEventReportInput> = {},
): Promise<ReportAnswer> {
  const input: LifeEventReportInput = {
    idempotencyKey: randomUUID(),
    kind: "DEATH",
    subject: subjectOf(person),
    occurredOn: "2026-03-20",
    ...overrides,
  };
  return (await client.request(LifeEventReportDocument, { input })).lifeEventReport;
}

/** As `report`, for one that is taken. */
export async function reported(...report_: Parameters<typeof report>): Promise<ReportedEvent> {
  const { lifeEvent, userErrors } = await report(...report_);
  if (!lifeEvent) throw new Error(`not taken: ${JSON.stringify(userErrors)}`);
  return lifeEvent;
}

export async function correct(
  client: GraphQLClient,
  lifeEventId: string,
  changes: Pick<LifeEventCorrectInput, "kind" | "occurredOn">,
): Promise<ReportAnswer> {
  const input = { idempotencyKey: randomUUID(), lifeEventId, reason: "来源更正", ...changes };
  return (await client.request(LifeEventCorrectDocument, { input })).lifeEventCorrect;
}

export async function takeBack(client: GraphQLClient, lifeEventId: string): Promise<ReportAnswer> {
  const input = { idempotencyKey: randomUUID(), lifeEventId, reason: "来源撤回" };
  return (await client.request(LifeEventVoidDocument, { input })).lifeEventVoid;
}

export async function decideEvent(
  reviewer: GraphQLClient,
  lifeEventId: string,
  decision: LifeEventDecision,
): Promise<ReportAnswer> {
  const input = { idempotencyKey: randomUUID(), lifeEventId, decision, reason: "已核对材料" };
  return (await reviewer.request(LifeEventDecideDocument, { input })).lifeEventDecide;
}

export async function decideCase(
  reviewer: GraphQLClient,
  reviewCaseId: string,
  decision: ReviewCaseDecision,
): Promise<ReviewCaseDecideMutation["reviewCaseDecide"]> {
  const input = { idempotencyKey: randomUUID(), reviewCaseId, decision, reason: "已与本人核实" };
  return (await reviewer.request(ReviewCaseDecideDocument, { input })).reviewCaseDecide;
}

/** Puts a certification before staff, as a pass does. */
/** The case of a kind and pass; opened unless the pass has done so itself. */
export async function openCase(app: App, certificationId: string, kind: ReviewCaseKind): Promise<string> {
  const key = parseOpaqueId(certificationId);
  if (key?.kind !== "certification") throw new Error(`${certificationId} is no certification's id`);
  const at = new Date(app.services.now().epochMilliseconds);
  const id = await app.database.transact(async (tx) => {
    const person = await lockPensioner(tx, key);
    if (person) await openReviewCase(tx, person, { kind, certificationId: key.id, at });
    const [found] = await tx
      .select({ id: reviewCase.id })
      .from(reviewCase)
      .where(and(eq(reviewCase.certificationId, key.id), eq(reviewCase.kind, kind)));
    return found?.id;
  });
  if (!id) throw new Error("no case");
  return ownedOpaqueId("reviewCase", { bucket: key.bucket, pensionerId: key.pensionerId, id });
}

/** A suspension for want of a certification, as an applied batch leaves it. */
export async function suspend(app: App, pensionerId: string, fromMonth: string): Promise<void> {
  const at = new Date(app.services.now().epochMilliseconds);
  await app.database.transact(async (tx) => {
    const person = await lockPensioner(tx, keyOf(pensionerId));
    if (!person) throw new Error("no one");
    const from = Temporal.PlainYearMonth.from(fromMonth);
    await openHold(tx, person, { reason: "NOT_CERTIFIED", fromMonth: from, at });
  });
}

/** Payroll has been given its list of a month. */
export async function cutPayroll(app: App, month: string): Promise<void> {
  const cutAt = new Date(app.services.now().epochMilliseconds);
  await app.database.transact(async (tx) => {
    await tx.insert(payrollList).values({ month, cutAt, completedAt: cutAt }).onConflictDoNothing();
  });
}
