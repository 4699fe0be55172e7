import { Arg, Ctx, Field, InputType, Int, ObjectType, Query, Resolver } from "type-graphql";
import type { BenefitType } from "../domain/benefits.js";
import { monthsBetween } from "../domain/calendar.js";
import { Refused } from "../domain/refusals.js";
import type { CertificationState } from "../domain/validity.js";
import { countExpiries, type ExpiryScope, listExpiring } from "../storage/expiry.js";
import {
  type Connection,
  checkPageSize,
  connectionOf,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_STAFF_PAGE,
  refuseInput,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import { BenefitTypeEnum, CertificationStateEnum } from "./enums.js";
import { Pensioner } from "./pensioner.types.js";
import { YearMonthScalar } from "./scalars.js";

const MAX_MONTHS = 60;

@InputType("ExpiryFilter", { description: "Deadline months and, optionally, who (到期筛选)." })
export class ExpiryFilter {
  @Field(() => YearMonthScalar, { description: "First deadline month." })
  from!: Temporal.PlainYearMonth;

  @Field(() => YearMonthScalar, { description: "Last deadline month, included; at most 60 months in all." })
  through!: Temporal.PlainYearMonth;

  @Field(() => CertificationStateEnum, { nullable: true, description: "Only persons in this state now." })
  state?: CertificationState | null;

  @Field(() => String, {
    nullable: true,
    description: "Only persons with a benefit in this district, six digits.",
  })
  districtCode?: string | null;

  @Field(() => String, { nullable: true, description: "Only persons with a benefit of this agency." })
  agencyCode?: string | null;

  @Field(() => String, { nullable: true, description: "Only persons of this employer." })
  employerCode?: string | null;

  @Field(() => BenefitTypeEnum, { nullable: true, description: "Only persons with this benefit." })
  benefitType?: BenefitType | null;
}

@ObjectType("ExpiryMonth", {
  description: "Certifications due in a month, counted (到期月统计).",
  simpleResolvers: true,
})
export class ExpiryMonth {
  @Field(() => YearMonthScalar, { description: "The deadline month." })
  month!: string;

  @Field(() => Int, { description: "Persons whose deadline this month was or is." })
  deadlines!: number;

  @Field(() => Int, { description: "Of these, certified since." })
  certified!: number;

  @Field(() => Int, { description: "Of these, still to certify and paid." })
  outstanding!: number;

  @Field(() => Int, { description: "Of these, past the deadline and not paid." })
  suspended!: number;
}

export const PensionerConnection = connectionOf(Pensioner, "Pensioner");

@Resolver()
export class ExpiryResolver {
  @Query(() => PensionerConnection, {
    description:
      "Who must certify by when, earliest deadline first (到期名单). Staff, scope expiry:read; every person listed is logged as read.",
  })
  async expiringCertifications(
    @Arg("filter", () => ExpiryFilter, { description: "Which months, whom." }) filter: ExpiryFilter,
    @Arg("first", () => Int, { description: "1 to 500." }) first: number,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of this list under the same filter.",
    })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Pensioner>> {
    const limit = checkPageSize(first, MAX_STAFF_PAGE);
    const scope = toScope(filter);
    const bound = JSON.stringify(scope);
    const records = await listExpiring(context.services.database.db, scope, context.time, {
      limit: limit + 1,
      after: decodeCursor(after, bound, [keysetParts.day, keysetParts.bucket, keysetParts.id]),
    });
    await context.recordReads("expiringCertifications", records.slice(0, limit));
    return toConnection(
      records,
      limit,
      (record) => new Pensioner(record, context),
      ({ validity, bucket, pensionerId }) =>
        encodeCursor([validity.validThrough.toString(), String(bucket), pensionerId], bound),
    );
  }

  @Query(() => [ExpiryMonth], {
    description: "Counts by deadline month, every month of the filter (到期日历). Staff, scope expiry:read.",
  })
  async expiryCalendar(
    @Arg("filter", () => ExpiryFilter, { description: "Which months, whom." }) filter: ExpiryFilter,
    @Ctx() context: RequestContext,
  ): Promise<ExpiryMonth[]> {
    const scope = toScope(filter);
    const counts = await countExpiries(context.services.database.db, scope, context.time);
    return monthsBetween(filter.from, filter.through).map((month) => {
      const { certified = 0, outstanding = 0, suspended = 0 } = counts.get(month.toString()) ?? {};
      return {
        month: month.toString(),
        deadlines: certified + outstanding + suspended,
        certified,
        outstanding,
        suspended,
      };
    });
  }
}

function toScope(filter: ExpiryFilter): ExpiryScope {
  const months = monthsBetween(filter.from, filter.through).length;
  if (months < 1 || months > MAX_MONTHS) throw new Refused("MONTH_RANGE", ["filter", "through"]);
  return {
    from: filter.from.toString(),
    through: filter.through.toString(),
    state: filter.state ?? null,
    districtCode: codeOf(filter.districtCode, "districtCode"),
    agencyCode: codeOf(filter.agencyCode, "agencyCode"),
    employerCode: codeOf(filter.employerCode, "employerCode"),
    benefitType: filter.benefitType ?? null,
  };
}

/** PostgreSQL takes no U+0000 in text, and no register has codes with control characters. */
export function codeOf(given: string | null | undefined, argument: string): string | null {
  if (given === null || given === undefined) return null;
  if (given.length > 100 || /\p{Cc}/u.test(given)) throw refuseInput(argument);
  return given;
}
