import { and, eq } from "drizzle-orm";
import type { Validity } from "../domain/validity.js";
import type { Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { paymentColumns, type StoredPaymentFacts, toPaymentFacts } from "./payment-facts.js";
import { toValidity } from "./pensioners.js";
import { pensioner } from "./tables.js";

/** What a write needs to know of a person, read under the lock of the person's row. */
export interface LockedPensioner extends PensionerKey, StoredPaymentFacts {
  readonly nameSealed: Buffer;
  readonly phoneSealed: Buffer | null;
  readonly phoneIndex: Buffer | null;
  readonly employerCode: string | null;
  readonly registerCertifiedOn: Temporal.PlainDate | null;
  readonly validity: Validity;
  readonly version: number;
}

/** Locks the person's row until the transaction ends; everything that decides about a person begins with it. */
export async function lockPensioner(tx: Tx, key: PensionerKey): Promise<LockedPensioner | null> {
  const isPerson = and(eq(pensioner.bucket, key.bucket), eq(pensioner.id, key.pensionerId));
  const [row] = await tx.select().from(pensioner).where(isPerson).for("update");
  if (!row) return null;
  // A second statement: what it sees was committed before the lock was granted.
  const [facts] = await tx.select(paymentColumns).from(pensioner).where(isPerson);
  if (!facts) throw new Error("a locked person vanished");
  return {
    bucket: row.bucket,
    pensionerId: row.id,
    nameSealed: row.nameSealed,
    phoneSealed: row.phoneSealed,
    phoneIndex: row.phoneIndex,
    employerCode: row.employerCode,
    registerCertifiedOn:
      row.registerCertifiedOn === null ? null : Temporal.PlainDate.from(row.registerCertifiedOn),
    validity: toValidity(row),
    ...toPaymentFacts(facts),
    version: row.version,
  };
}
