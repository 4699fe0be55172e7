import { sql } from "drizzle-orm";
import type { Tx } from "./database.js";
import { auditChain, auditEntry } from "./tables.js";

const CHAINS = 16;

/** What was done to a person's record, by whom; never a name, number or phone. */
export interface AuditFact {
  readonly bucket: number;
  readonly pensionerId: string;
  readonly clientId: string;
  readonly operation: string;
  readonly requestId: string;
  readonly at: string;
  readonly subjectId: string;
  readonly outcome: string;
}

/** The 16 chain heads, once, when the database is made. */
export async function createAuditChains(tx: Tx): Promise<void> {
  const heads = Array.from({ length: CHAINS }, (_, chain) => ({ chain, seq: 0, hash: Buffer.alloc(32) }));
  await tx.insert(auditChain).values(heads).onConflictDoNothing();
}

export function auditChainOf(bucket: number): number {
  return bucket % CHAINS;
}

/**
 * Adds an entry to the person's chain: hash = SHA-256(previous hash ‖ entry). Locks that chain's head until the
 * transaction ends, so it comes last in every operation.
 */
export async function appendAudit(tx: Tx, fact: AuditFact): Promise<void> {
  const entry = JSON.stringify(fact, Object.keys(fact).sort());
  await tx.execute(sql`
    with head as (
      update ${auditChain} set seq = seq + 1, hash = sha256(hash || convert_to(${entry}::text, 'UTF8'))
      where chain = ${auditChainOf(fact.bucket)} returning chain, seq, hash)
    insert into ${auditEntry} (chain, seq, hash, entry) select chain, seq, hash, ${entry}::text from head`);
}
