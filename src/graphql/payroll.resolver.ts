import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import type { PayrollKind, PayrollLine } from "../domain/payroll.js";
import type { PensionerKey } from "../storage/ids.js";
import { readPayrollList, readPayrollPage } from "../storage/payroll-lists.js";
import { type PensionerRecord, readPensioners } from "../storage/pensioners.js";
import {
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_STAFF_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import {
  listFields,
  type PayrollConnection,
  PayrollHold,
  PayrollHoldConnection,
  PayrollRelease,
  PayrollReleaseConnection,
} from "./payroll.types.js";
import { YearMonthScalar } from "./scalars.js";

const CURSOR_OF_LIST = "A cursor of this list of the same month.";

@Resolver()
export class PayrollResolver {
  @Query(() => PayrollHoldConnection, {
    description:
      "Who is not paid with a month, and why (停发名单). Once the month is cut, identical however often it is asked for. Staff, scope payroll:read; every person listed is logged as read.",
  })
  async payrollHolds(
    @Arg("month", () => YearMonthScalar, { description: "The month of payment." })
    month: Temporal.PlainYearMonth,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, { nullable: true, description: CURSOR_OF_LIST }) after:
      | string
      | null
      | undefined,
    @Ctx() context: RequestContext,
  ): Promise<PayrollConnection<PayrollHold>> {
    const asked = { operation: "payrollHolds", kind: "HOLD", month: month.toString(), first, after } as const;
    return readConnection(context, asked, (line, record) => {
      if (line.kind !== "HOLD") throw new Error("a line of the other list");
      return new PayrollHold(line, record, context);
    });
  }

  @Query(() => PayrollReleaseConnection, {
    description:
      "Who is paid again with a month, and which earlier months are paid with it (恢复发放与补发名单). Once the month is cut, identical however often it is asked for. Staff, scope payroll:read; every person listed is logged as read.",
  })
  async payrollReleases(
    @Arg("month", () => YearMonthScalar, { description: "The month of payment." })
    month: Temporal.PlainYearMonth,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, { nullable: true, description: CURSOR_OF_LIST }) after:
      | string
      | null
      | undefined,
    @Ctx() context: RequestContext,
  ): Promise<PayrollConnection<PayrollRelease>> {
    const asked = {
      operation: "payrollReleases",
      kind: "RELEASE",
      month: month.toString(),
      first,
      after,
    } as const;
    return readConnection(context, asked, (line, record) => {
      if (line.kind !== "RELEASE") throw new Error("a line of the other list");
      return new PayrollRelease(line, record, context);
    });
  }
}

async function readConnection<T>(
  context: RequestContext,
  asked: {
    readonly operation: string;
    readonly kind: PayrollKind;
    readonly month: string;
    readonly first: number;
    readonly after: string | null | undefined;
  },
  toNode: (line: PayrollLine, record: PensionerRecord) => T,
): Promise<PayrollConnection<T>> {
  const { operation, kind, month } = asked;
  const limit = checkPageSize(asked.first, MAX_STAFF_PAGE);
  const bound = `${operation}|${month}`;
  const position = decodeCursor(asked.after, bound, [keysetParts.bucket, keysetParts.id]);
  const { db } = context.services.database;
  const list = await readPayrollList(db, month, kind);
  const entries = await readPayrollPage(db, list, { after: position && toKey(position), limit: limit + 1 });
  const shown = entries.slice(0, limit);
  await context.recordReads(operation, shown);
  const records = await readPensioners(db, shown);
  const recordOf = new Map(records.map((record) => [record.pensionerId, record]));
  const page = toConnection(
    entries,
    limit,
    ({ pensionerId, line }) => {
      const record = recordOf.get(pensionerId);
      if (!record) throw new Error("a line of nobody");
      return toNode(line, record);
    },
    ({ bucket, pensionerId }) => encodeCursor([String(bucket), pensionerId], bound),
  );
  return { ...page, ...listFields(list) };
}

function toKey([bucket = "", pensionerId = ""]: readonly string[]): PensionerKey {
  return { bucket: Number(bucket), pensionerId };
}
