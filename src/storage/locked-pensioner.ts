import { and, eq, type SQL } from "drizzle-orm";
import type { Validity } from "../domain/validity.js";
import { type BulkArrays, isAmong } from "./bulk-arrays.js";
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
  const [person] = await lockWhere(
    tx,
    and(eq(pensioner.bucket, key.bucket), eq(pensioner.id, key.pensionerId)),
  );
  return person ?? null;
}

/** Locks several persons, in the order in which everyone locks several; by pensioner id. */
export async function lockPensioners(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
): Promise<Map<string, LockedPensioner>> {
  if (keys.length === 0) return new Map();
  const locked = await lockWhere(tx, isAmong(pensioner.bucket, pensioner.id, arrays, keys));
  return new Map(locked.map((person) => [person.pensionerId, person]));
}

async function lockWhere(tx: Tx, where: SQL | undefined): Promise<LockedPensioner[]> {
  const rows = await tx
    .select()
    .from(pensioner)
    .where(where)
    .orderBy(pensioner.bucket, pensioner.id)
    .for("update");
  if (rows.length === 0) return [];
  // A second statement: what it sees was committed before the locks were granted.
  const facts = await tx
    .select({ id: pensioner.id, ...paymentColumns })
    .from(pensioner)
    .where(where);
  const factsOf = new Map(facts.map((each) => [each.id, each]));
  return rows.map((row) => {
    const found = factsOf.get(row.id);
    if (!found) throw new Error("a locked person vanished");
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
      ...toPaymentFacts(found),
      version: row.version,
    };
  });
}
