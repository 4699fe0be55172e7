import fc from "fast-check";
import type { BenefitType } from "../../src/domain/benefits.js";
import type { Step } from "./year-steps.js";
import type { CrashingJob } from "./year-world.js";

/** How someone comes into the register. */
export interface Birth {
  /** How many months ago they certified last. */
  readonly monthsBack: number;
  readonly districtCode: string;
  readonly benefitTypes: readonly BenefitType[];
  readonly isEmployed: boolean;
}

/** One person: when the register first names them, and what happens to them at which of the years' moments. */
export interface LifeStory {
  readonly born: Birth & { readonly inMonth: number };
  readonly steps: readonly { readonly at: number; readonly does: Step }[];
}

/** Suspensions are postponed for so many months from the next one on. */
export interface Moratorium {
  readonly districtCode: string | null;
  readonly benefitType: BenefitType | null;
  readonly months: number;
}

/** A job's process dies after so many commits. */
export interface Crash {
  readonly job: CrashingJob;
  readonly commits: number;
}

/** Many lives side by side, and what happens to all of them. */
export interface Story {
  readonly lives: readonly LifeStory[];
  readonly moratoria: readonly { readonly inMonth: number; readonly terms: Moratorium }[];
  readonly crashes: readonly { readonly inMonth: number; readonly crash: Crash }[];
}

/** Of a story. */
export const MONTHS = 24;
/** How many commits a close's process makes before it dies with everybody proposed and nobody suspended. */
export const ALL_PROPOSED = 3;
/** More than planning everybody's reminders takes: they wait to be sent. */
const ALL_PLANNED = 1_000;
/** Three moments of a month: before reminders are planned, before payroll is given its lists, and after. */
export const moments = [3, 8, 20] as const;
const districts = ["110108", "110101"] as const;
const benefits = ["ENTERPRISE_RETIREMENT", "RESIDENT_PENSION"] as const satisfies readonly BenefitType[];

const monthsBack = fc.nat({ max: 3 });
const pick = fc.nat({ max: 5 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("passAtCounter" as const),
      channel: fc.constantFrom("AGENCY_COUNTER" as const, "PARTNER_BANK_COUNTER" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant("passByApp" as const),
      channel: fc.constantFrom("ICBC_APP" as const, "APP_12333" as const, "JINGTONG_WECHAT" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ step: fc.constant("passByTrace" as const), monthsBack: fc.nat({ max: 18 }) }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("failFace" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("submit" as const),
      channel: fc.constantFrom("CHINA_CONSULAR_APP" as const, "EMPLOYER" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("decide" as const),
      decision: fc.constantFrom("PASS" as const, "REJECT" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("revoke" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("die" as const), monthsBack }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("takeBackDeath" as const) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("imprison" as const), monthsBack }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("leavePrison" as const), monthsBack }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("takeBackPrison" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("decideCase" as const),
      pick,
      decision: fc.constantFrom("RELEASE" as const, "KEEP" as const),
    }),
  },
);

const life: fc.Arbitrary<LifeStory> = fc.record({
  born: fc.record({
    inMonth: fc.nat({ max: 8 }),
    monthsBack: fc.nat({ max: 18 }),
    districtCode: fc.constantFrom(...districts),
    benefitTypes: fc.subarray([...benefits], { minLength: 1 }),
    isEmployed: fc.boolean(),
  }),
  steps: fc.array(fc.record({ at: fc.nat({ max: MONTHS * moments.length - 1 }), does: step }), {
    minLength: 4,
    maxLength: 20,
    size: "max",
  }),
});

const anywhere = fc.nat({ max: 20 });

/** Early in its work, or with half of it done; most of all where people's steps can make untrue what is written already. */
const crash: fc.Arbitrary<Crash> = fc.oneof(
  fc.record({ job: fc.constant("payroll-cut-off" as const), commits: anywhere }),
  fc.record({
    job: fc.constant("reminders" as const),
    commits: fc.oneof(fc.constant(ALL_PLANNED), anywhere),
  }),
  fc.record({
    job: fc.constant("expiry-close" as const),
    commits: fc.oneof(fc.constant(ALL_PROPOSED), anywhere),
  }),
);

const inMonth = fc.nat({ max: MONTHS - 1 });

/** So many of them; fewer only when a failure is made smaller. */
class FullArray<T> extends fc.Arbitrary<T[]> {
  readonly #full: fc.Arbitrary<T[]>;
  readonly #smaller: fc.Arbitrary<T[]>;

  constructor(item: fc.Arbitrary<T>, length: number) {
    super();
    this.#full = fc.array(item, { minLength: length, maxLength: length, size: "max" });
    this.#smaller = fc.array(item, { minLength: 1, maxLength: length, size: "max" });
  }
  generate(random: fc.Random, bias: number | undefined): fc.Value<T[]> {
    return this.#full.generate(random, bias);
  }
  canShrinkWithoutContext(value: unknown): value is T[] {
    return this.#smaller.canShrinkWithoutContext(value);
  }
  shrink(value: T[], context: unknown): fc.Stream<fc.Value<T[]>> {
    return this.#smaller.shrink(value, context);
  }
}

/** So many lives, two years, a few moratoria, and jobs that die. */
export function storyOf(lives: number): fc.Arbitrary<Story> {
  return fc.record({
    lives: new FullArray(life, lives),
    moratoria: fc.array(
      fc.record({
        inMonth,
        terms: fc.record({
          districtCode: fc.option(fc.constantFrom(...districts)),
          benefitType: fc.option(fc.constantFrom(...benefits)),
          months: fc.integer({ min: 1, max: 3 }),
        }),
      }),
      { maxLength: 3 },
    ),
    // A job's process dies once a month.
    crashes: fc.uniqueArray(fc.record({ inMonth, crash }), {
      maxLength: MONTHS,
      size: "max",
      selector: (each) => `${each.crash.job} ${each.inMonth}`,
    }),
  });
}
