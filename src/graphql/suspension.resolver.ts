import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { monthsFrom } from "../domain/calendar.js";
import { type SuspensionBreaker, trippedBreakers } from "../domain/suspension.js";
import { applyApproved } from "../operations/apply-approved.js";
import { approveSuspensionBatch } from "../operations/approve-suspension-batch.js";
import { bulkArraysFor } from "../storage/bulk-arrays.js";
import { readMoratoriaOf } from "../storage/moratoria.js";
import type { PensionerRecord } from "../storage/pensioners.js";
import { countCandidates, readBatch, readBreakerFacts } from "../storage/suspension-batches.js";
import {
  type CandidateRow,
  listFrozenCandidates,
  listLiveCandidates,
  readBenefitsInDistricts,
} from "../storage/suspension-candidates.js";
import { refusable } from "./certification.resolver.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_STAFF_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import { PensionerConnection } from "./expiry.resolver.js";
import { Pensioner } from "./pensioner.types.js";
import { YearMonthScalar } from "./scalars.js";
import {
  ReminderAttemptObject,
  SuspensionBatch,
  SuspensionBatchApproveInput,
  SuspensionBatchPayload,
  SuspensionCandidate,
  SuspensionCandidateConnection,
} from "./suspension.types.js";
import { SuspensionBreakerEnum } from "./year-enums.js";

@Resolver(() => SuspensionBatch)
export class SuspensionResolver {
  @Query(() => SuspensionBatch, {
    nullable: true,
    description:
      "The suspensions of a month (停发批次); of this month and the next also in advance, otherwise null. Staff, scope suspension:read; every candidate listed is logged as read.",
  })
  async suspensionBatch(
    @Arg("month", () => YearMonthScalar, { description: "The first month not paid." })
    month: Temporal.PlainYearMonth,
    @Ctx() context: RequestContext,
  ): Promise<SuspensionBatch | null> {
    const record = await readBatch(context.services.database.db, month);
    const ahead = monthsFrom(context.time.today, month);
    return record || ahead === 0 || ahead === 1 ? new SuspensionBatch(month, record) : null;
  }

  @Mutation(() => SuspensionBatchPayload, {
    description:
      "Approve what has been proposed; only then is anyone suspended, each looked at once more (审批停发批次). Staff, scope suspension:approve.",
  })
  async suspensionBatchApprove(
    @Arg("input", () => SuspensionBatchApproveInput, { description: "Which month, in spite of what." })
    input: SuspensionBatchApproveInput,
    @Ctx() context: RequestContext,
  ): Promise<SuspensionBatchPayload> {
    const { database } = context.services;
    return refusable<SuspensionBatchPayload>(
      context,
      async () => {
        await approveSuspensionBatch(context.staffContext(), input);
        // Elsewhere the job takes it up; nobody waits for it in a sandbox.
        if (context.sandbox) await applyApproved({ database }, context.time.now);
        const record = await readBatch(database.db, input.month);
        return { suspensionBatch: new SuspensionBatch(input.month, record), userErrors: [] };
      },
      (userErrors) => ({ suspensionBatch: null, userErrors }),
    );
  }

  @FieldResolver(() => Int, { description: "How many candidates there are." })
  async total(@Root() batch: SuspensionBatch, @Ctx() context: RequestContext): Promise<number> {
    return batch.record?.candidates ?? countCandidates(context.services.database.db, batch.ofMonth, "LIVE");
  }

  @FieldResolver(() => [SuspensionBreakerEnum], {
    description: "What whoever approves must have looked into; in advance, as of now.",
  })
  async breakers(
    @Root() { record, ofMonth }: SuspensionBatch,
    @Ctx() context: RequestContext,
  ): Promise<readonly SuspensionBreaker[]> {
    if (record) return record.breakers;
    const { today, policy } = context.time;
    return trippedBreakers(
      await readBreakerFacts(context.services.database.db, ofMonth, "LIVE", today),
      policy,
    );
  }

  @FieldResolver(() => PensionerConnection, { description: "The candidates alone." })
  async candidates(
    @Root() batch: SuspensionBatch,
    @Arg("first", () => Int, { defaultValue: 20, description: "1 to 500." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this batch's candidates." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Pensioner>> {
    const page = await readPage(batch, first, after, context);
    return pageOf(page, ({ record }) => new Pensioner(record, context));
  }

  @FieldResolver(() => SuspensionCandidateConnection, {
    description: "The candidates with why, what became of them and how they were reminded.",
  })
  async candidateDetails(
    @Root() batch: SuspensionBatch,
    @Arg("first", () => Int, { defaultValue: 20, description: "1 to 500." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this batch's candidates." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<SuspensionCandidate>> {
    const page = await readPage(batch, first, after, context);
    const { db, kind } = context.services.database;
    const moratoria = await readMoratoriaOf(db, batch.ofMonth);
    const rows = moratoria.length === 0 ? [] : page.rows.map(({ row }) => row);
    const benefits = await readBenefitsInDistricts(db, bulkArraysFor(kind), rows);
    return pageOf(page, ({ row, record }) => {
      const sparing = { moratoria, benefits: benefits.get(row.pensionerId) ?? [] };
      return new SuspensionCandidate(row, batch.ofMonth, record, sparing, context);
    });
  }
}

@Resolver(() => SuspensionCandidate)
export class SuspensionCandidateResolver {
  @FieldResolver(() => [ReminderAttemptObject], {
    description: "The reminders that were to reach the person or the employer, in order of time.",
  })
  async reminders(
    @Root() { row }: SuspensionCandidate,
    @Ctx() context: RequestContext,
  ): Promise<ReminderAttemptObject[]> {
    const attempts = await context.reminders.load(row);
    return attempts.map(({ month, recipient, state, sentAt }) => ({
      month,
      recipient,
      state,
      sentAt: sentAt?.toISOString() ?? null,
    }));
  }
}

interface CandidatePage {
  readonly rows: readonly { readonly row: CandidateRow; readonly record: PensionerRecord }[];
  readonly limit: number;
  readonly cursorOf: (row: CandidateRow) => string;
}

async function readPage(
  { ofMonth, record }: SuspensionBatch,
  first: number,
  after: string | null | undefined,
  context: RequestContext,
): Promise<CandidatePage> {
  const { db } = context.services.database;
  const limit = checkPageSize(first, MAX_STAFF_PAGE);
  const bound = `suspension|${ofMonth}|${record ? "frozen" : "live"}`;
  const { day, bucket, id } = keysetParts;
  const page = {
    limit: limit + 1,
    after: decodeCursor(after, bound, record ? [bucket, id] : [day, bucket, id]),
  };
  const rows = await (record ? listFrozenCandidates : listLiveCandidates)(db, ofMonth, page);
  await context.recordReads("suspensionBatch", rows.slice(0, limit));
  const records = await context.pensioners.loadMany(rows);
  return {
    rows: rows.map((row, position) => ({ row, record: knownRecord(records[position]) })),
    limit,
    cursorOf: (row) => {
      const key = [String(row.bucket), row.pensionerId];
      return encodeCursor(record ? key : [row.validThrough, ...key], bound);
    },
  };
}

function knownRecord(loaded: PensionerRecord | Error | null | undefined): PensionerRecord {
  if (loaded instanceof Error) throw loaded;
  if (!loaded) throw new Error("a candidate vanished");
  return loaded;
}

function pageOf<T>(
  { rows, limit, cursorOf }: CandidatePage,
  toNode: (candidate: CandidatePage["rows"][number]) => T,
): Connection<T> {
  return toConnection(rows, limit, toNode, ({ row }) => cursorOf(row));
}
