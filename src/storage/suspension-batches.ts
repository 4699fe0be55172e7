import { desc, eq } from "drizzle-orm";
import type { Executor } from "./database.js";
import { suspensionBatch } from "./tables.js";

/** The latest month whose suspensions have been applied; null before the first. */
export async function readLatestAppliedMonth(db: Executor): Promise<Temporal.PlainYearMonth | null> {
  const [latest] = await db
    .select({ month: suspensionBatch.month })
    .from(suspensionBatch)
    .where(eq(suspensionBatch.state, "APPLIED"))
    .orderBy(desc(suspensionBatch.month))
    .limit(1);
  return latest ? Temporal.PlainYearMonth.from(latest.month) : null;
}
