import { and, eq } from "drizzle-orm";
import type { PaymentHold } from "../domain/payment.js";
import type { Validity } from "../domain/validity.js";
import type { Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { toValidity } from "./pensioners.js";
import { paymentHold, pensioner } from "./tables.js";

/** What a write needs to know of a person, read under the lock of the person's row. */
export interface LockedPensioner extends PensionerKey {
  readonly nameSealed: Buffer;
  readonly phoneSealed: Buffer | null;
  readonly phoneIndex: Buffer | null;
  readonly employerCode: string | null;
  readonly validity: Validity;
  readonly holds: readonly PaymentHold[];
  readonly version: number;
}

/** Locks the person's row until the transaction ends; everything that decides about a person begins with it. */
export async function lockPensioner(tx: Tx, key: PensionerKey): Promise<LockedPensioner | null> {
  const [row] = await tx
    .select()
    .from(pensioner)
    .where(and(eq(pensioner.bucket, key.bucket), eq(pensioner.id, key.pensionerId)))
    .for("update");
  if (!row) return null;
  // A second statement: what it sees was committed before the lock was granted.
  const holds = await tx
    .select()
    .from(paymentHold)
    .where(and(eq(paymentHold.bucket, key.bucket), eq(paymentHold.pensionerId, key.pensionerId)));
  return {
    bucket: row.bucket,
    pensionerId: row.id,
    nameSealed: row.nameSealed,
    phoneSealed: row.phoneSealed,
    phoneIndex: row.phoneIndex,
    employerCode: row.employerCode,
    validity: toValidity(row),
    holds: holds.map(({ reason, fromMonth, resumesMonth }) => ({
      reason,
      fromMonth: Temporal.PlainYearMonth.from(fromMonth),
      resumesMonth: resumesMonth === null ? null : Temporal.PlainYearMonth.from(resumesMonth),
    })),
    version: row.version,
  };
}
