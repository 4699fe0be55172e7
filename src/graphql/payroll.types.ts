import { type ClassType, Field, Int, ObjectType } from "type-graphql";
import type { HoldReason } from "../domain/payment.js";
import type { HoldLine, PayrollListState, ReleaseLine } from "../domain/payroll.js";
import { toInstant } from "../operations/operation.js";
import type { PayrollListRecord } from "../storage/payroll-lists.js";
import type { PensionerRecord } from "../storage/pensioners.js";
import { type Connection, type Edge, edgeOf, PageInfo } from "./connections.js";
import type { RequestContext } from "./context.js";
import { HoldReasonEnum } from "./enums.js";
import { Pensioner } from "./pensioner.types.js";
import { DateTimeScalar, dateTimeText, YearMonthScalar } from "./scalars.js";
import { PayrollListStateEnum } from "./year-enums.js";

@ObjectType("PayrollHold", { description: "Someone who is not paid with the month (停发)." })
export class PayrollHold {
  constructor(
    readonly line: HoldLine,
    readonly record: PensionerRecord,
    readonly context: RequestContext,
  ) {}

  @Field(() => Pensioner, { description: "Who is not paid." })
  get pensioner(): Pensioner {
    return new Pensioner(this.record, this.context);
  }

  @Field(() => [HoldReasonEnum], { description: "Every reason for not paying this month (P5), sorted." })
  get reasons(): readonly HoldReason[] {
    return this.line.reasons;
  }

  @Field(() => YearMonthScalar, {
    description: "The first month of the unbroken run of unpaid months that this one belongs to.",
  })
  get fromMonth(): string {
    return this.line.fromMonth;
  }

  @Field(() => YearMonthScalar, { description: "The month that is not paid." })
  get month(): string {
    return this.line.month;
  }
}

@ObjectType("PayrollRelease", {
  description: "Someone who is paid again with the month, or paid earlier months with it (恢复发放与补发).",
})
export class PayrollRelease {
  constructor(
    readonly line: ReleaseLine,
    readonly record: PensionerRecord,
    readonly context: RequestContext,
  ) {}

  @Field(() => Pensioner, { description: "Who is paid." })
  get pensioner(): Pensioner {
    return new Pensioner(this.record, this.context);
  }

  @Field(() => YearMonthScalar, {
    nullable: true,
    description: "This month when payment goes on with it; null when only earlier months are paid with it.",
  })
  get resumesMonth(): string | null {
    return this.line.resumesMonth;
  }

  @Field(() => [YearMonthScalar], {
    description: "The earlier months paid with this one, in order (P4); empty when they were lost.",
  })
  get backPayMonths(): readonly string[] {
    return this.line.backPayMonths;
  }

  @Field(() => YearMonthScalar, { description: "The month it is paid with." })
  get month(): string {
    return this.line.month;
  }
}

/** What a payroll list says of itself beside its lines. */
export interface PayrollConnection<T> extends Connection<T> {
  readonly state: PayrollListState;
  readonly cutAt: string | null;
  readonly total: number;
  readonly checksum: string | null;
}

export function listFields({ state, cutAt, total, checksum }: PayrollListRecord) {
  return { state, cutAt: cutAt && dateTimeText(toInstant(cutAt)), total, checksum };
}

function payrollConnectionOf<T extends object>(
  node: new (...args: never[]) => T,
  name: string,
): ClassType<PayrollConnection<T>> {
  const nodeType = node as unknown as ClassType<T>;
  const EdgeType = edgeOf(nodeType, name);

  @ObjectType(`${name}Connection`, { description: `A page of ${name} items.`, simpleResolvers: true })
  class ConnectionType {
    @Field(() => [EdgeType], { description: "The items with their cursors." })
    edges!: Edge<T>[];

    @Field(() => [nodeType], { description: "The items alone." })
    nodes!: T[];

    @Field(() => PageInfo, { description: "Where the page ends." })
    pageInfo!: PageInfo;

    @Field(() => PayrollListStateEnum, { description: "Whether the list still changes." })
    state!: PayrollListState;

    @Field(() => DateTimeScalar, { nullable: true, description: "When the month was cut; null before." })
    cutAt!: string | null;

    @Field(() => Int, { description: "Lines of the whole list." })
    total!: number;

    @Field(() => String, {
      nullable: true,
      description:
        "SHA-256, in hex, over the whole list's lines `id;month;…` as the payroll export describes them; null until the list is cut and written.",
    })
    checksum!: string | null;
  }
  return ConnectionType as ClassType<PayrollConnection<T>>;
}

export const PayrollHoldConnection = payrollConnectionOf(PayrollHold, "PayrollHold");
export const PayrollReleaseConnection = payrollConnectionOf(PayrollRelease, "PayrollRelease");
