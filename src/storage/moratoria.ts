import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { BenefitType } from "../domain/benefits.js";
import type { MoratoriumTerms } from "../domain/suspension.js";
import type { Executor, Tx } from "./database.js";
import { moratorium } from "./tables.js";

export type MoratoriumRecord = typeof moratorium.$inferSelect;

/** All there ever were, the latest first. */
export async function listMoratoria(db: Executor): Promise<MoratoriumRecord[]> {
  return db.select().from(moratorium).orderBy(desc(moratorium.id));
}

/** Those that have not been ended and reach into a month. */
export async function readMoratoriaOf(
  db: Executor,
  month: Temporal.PlainYearMonth,
): Promise<MoratoriumTerms[]> {
  const rows = await db
    .select()
    .from(moratorium)
    .where(
      and(
        isNull(moratorium.endedAt),
        sql`${month.toString()} between ${moratorium.fromMonth} and ${moratorium.throughMonth}`,
      ),
    );
  return rows.map(({ districtCode, benefitType, fromMonth, throughMonth }) => ({
    districtCode,
    benefitType: benefitType as BenefitType | null,
    fromMonth: Temporal.PlainYearMonth.from(fromMonth),
    throughMonth: Temporal.PlainYearMonth.from(throughMonth),
  }));
}

export async function readMoratorium(db: Executor, id: string): Promise<MoratoriumRecord | null> {
  const [row] = await db.select().from(moratorium).where(eq(moratorium.id, id));
  return row ?? null;
}

export async function insertMoratorium(tx: Tx, row: typeof moratorium.$inferInsert): Promise<void> {
  await tx.insert(moratorium).values(row);
}

/** Ends it from now on; false when that has been done already. */
export async function endMoratorium(tx: Tx, id: string, at: Date): Promise<boolean> {
  const ended = await tx
    .update(moratorium)
    .set({ endedAt: at })
    .where(and(eq(moratorium.id, id), isNull(moratorium.endedAt)))
    .returning({ id: moratorium.id });
  return ended.length > 0;
}
