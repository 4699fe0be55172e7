import { eq } from "drizzle-orm";
import type { App } from "../../src/app.js";
import { deriveValidity, type ValidityFacts } from "../../src/domain/validity.js";
import { todayOf } from "../../src/operations/operation.js";
import { benefit, certification, pensioner } from "../../src/storage/tables.js";

export interface StoredValidity {
  readonly id: string;
  readonly anchorMonth: string;
  readonly validThrough: string;
  readonly lastCertifiedOn: string | null;
}

export interface Rederived {
  readonly stored: readonly StoredValidity[];
  readonly derived: readonly StoredValidity[];
}

/** What everyone's validity columns hold, and what they would hold if they were made anew from the records. */
export async function readAndRederive({ database: { db }, services }: App): Promise<Rederived> {
  const people = await db.select().from(pensioner).orderBy(pensioner.id);
  const benefits = Map.groupBy(await db.select().from(benefit), ({ pensionerId }) => pensionerId);
  const passed = await db.select().from(certification).where(eq(certification.state, "PASSED"));
  const passes = Map.groupBy(passed, ({ pensionerId }) => pensionerId);
  const { policy } = todayOf(services.now());
  return {
    stored: people.map(({ id, anchorMonth, validThrough, lastCertifiedOn }) => ({
      id,
      anchorMonth,
      validThrough,
      lastCertifiedOn,
    })),
    derived: people.map(({ id, registerCertifiedOn }) => {
      const facts: ValidityFacts = {
        approvedMonths: (benefits.get(id) ?? []).map((each) =>
          Temporal.PlainYearMonth.from(each.approvedMonth),
        ),
        registerCertifiedOn:
          registerCertifiedOn === null ? null : Temporal.PlainDate.from(registerCertifiedOn),
        passes: (passes.get(id) ?? []).map((each) => ({
          id: each.id,
          decidingInstant: Temporal.Instant.fromEpochMilliseconds(each.occurredAt.getTime()),
        })),
      };
      const { anchorMonth, validThrough, lastCertifiedOn } = deriveValidity(facts, policy);
      return {
        id,
        anchorMonth: anchorMonth.toString(),
        validThrough: validThrough.toString(),
        lastCertifiedOn: lastCertifiedOn?.toString() ?? null,
      };
    }),
  };
}
