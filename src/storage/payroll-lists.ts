import { eq } from "drizzle-orm";
import type { PayrollKind, PayrollListState } from "../domain/payroll.js";
import type { Executor, Tx } from "./database.js";
import {
  countLivePayroll,
  type PayrollEntry,
  type PayrollPage,
  readCutPayroll,
  readLivePayroll,
} from "./payroll-lines.js";
import { payrollList } from "./tables.js";

/** P8: what is known of one of a month's lists as a whole. */
export interface PayrollListRecord {
  readonly month: string;
  readonly kind: PayrollKind;
  readonly state: PayrollListState;
  /** Null while the list is provisional. */
  readonly cutAt: Date | null;
  /** Whether its lines are written; between the cut and that they are worked out, with the same result. */
  readonly written: boolean;
  readonly total: number;
  /** Null until the lines are written. */
  readonly checksum: string | null;
}

export async function readPayrollList(
  db: Executor,
  month: string,
  kind: PayrollKind,
): Promise<PayrollListRecord> {
  const [list] = await db.select().from(payrollList).where(eq(payrollList.month, month));
  const common = { month, kind, state: list ? "CUT" : "PROVISIONAL", cutAt: list?.cutAt ?? null } as const;
  if (!list?.completedAt) {
    return { ...common, written: false, total: await countLivePayroll(db, month, kind), checksum: null };
  }
  const [total, checksum] =
    kind === "HOLD" ? [list.holds, list.holdsChecksum] : [list.releases, list.releasesChecksum];
  return { ...common, written: true, total, checksum };
}

export async function readPayrollPage(
  db: Executor,
  { month, kind, written }: PayrollListRecord,
  page: PayrollPage,
): Promise<PayrollEntry[]> {
  return written ? readCutPayroll(db, month, kind, page) : readLivePayroll(db, month, kind, page);
}

/** Whether the month had not been cut yet. */
export async function insertPayrollList(tx: Tx, month: string, cutAt: Date): Promise<boolean> {
  const cut = await tx
    .insert(payrollList)
    .values({ month, cutAt })
    .onConflictDoNothing()
    .returning({ month: payrollList.month });
  return cut.length > 0;
}

export interface PayrollTotals {
  readonly total: number;
  readonly checksum: string;
}

/** Once: from here on the list is read as it is written. */
export async function completePayrollList(
  tx: Tx,
  month: string,
  completedAt: Date,
  totals: Readonly<Record<PayrollKind, PayrollTotals>>,
): Promise<void> {
  const { HOLD, RELEASE } = totals;
  await tx
    .update(payrollList)
    .set({
      completedAt,
      holds: HOLD.total,
      holdsChecksum: HOLD.checksum,
      releases: RELEASE.total,
      releasesChecksum: RELEASE.checksum,
    })
    .where(eq(payrollList.month, month));
}
