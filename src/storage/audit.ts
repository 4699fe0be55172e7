import { sql } from "drizzle-orm";
import type { BulkArrays } from "./bulk-arrays.js";
import type { Tx } from "./database.js";
import { auditChain, auditEntry } from "./tables.js";

export const AUDIT_CHAINS = 16;
/** Where what concerns no person is written: it is rare, so it keeps nobody waiting. */
const SYSTEM_CHAIN = 0;

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
  /** Why, in words that may be personal: sealed, base64. */
  readonly reasonSealed?: string;
}

/** What was done to the service itself: a client registered, a register imported, a sandbox's clock moved. */
export type SystemFact = Omit<AuditFact, "bucket" | "pensionerId" | "reasonSealed">;

/** The 16 chain heads, once, when the database is made. */
export async function createAuditChains(tx: Tx): Promise<void> {
  const heads = Array.from({ length: AUDIT_CHAINS }, (_, chain) => ({
    chain,
    seq: 0,
    hash: Buffer.alloc(32),
  }));
  await tx.insert(auditChain).values(heads).onConflictDoNothing();
}

/**
 * Adds an entry to the person's chain: hash = SHA-256(previous hash ‖ entry). Locks that chain's head until the
 * transaction ends, so it comes last in every operation.
 */
export async function appendAudit(tx: Tx, fact: AuditFact): Promise<void> {
  await append(tx, fact.bucket % AUDIT_CHAINS, fact);
}

/** Adds an entry that concerns no person; like the others it comes last. */
export async function appendSystemAudit(tx: Tx, fact: SystemFact): Promise<void> {
  await append(tx, SYSTEM_CHAIN, fact);
}

async function append(tx: Tx, chain: number, fact: AuditFact | SystemFact): Promise<void> {
  const entry = entryOf(fact);
  const { rows } = (await tx.execute(sql`
    with head as (
      update ${auditChain} set seq = seq + 1, hash = sha256(hash || convert_to(${entry}::text, 'UTF8'))
      where chain = ${chain} returning chain, seq, hash)
    insert into ${auditEntry} (chain, seq, hash, entry) select chain, seq, hash, ${entry}::text from head
    returning seq`)) as unknown as { readonly rows: readonly unknown[] };
  // Nothing is done that leaves no trace.
  if (rows.length !== 1) throw new Error(`the head of audit chain ${chain} is missing`);
}

/** Adds many entries, each chain's in the order given; the chains' heads are locked in one order, so that two never wait in a ring. */
export async function appendAudits(tx: Tx, arrays: BulkArrays, facts: readonly AuditFact[]): Promise<void> {
  if (facts.length === 0) return;
  const chains = arrays.smallints(facts.map((fact) => fact.bucket % AUDIT_CHAINS));
  const entries = arrays.texts(facts.map(entryOf));
  const { rows } = (await tx.execute(sql`
    with recursive given as (
      select chain, entry, row_number() over (partition by chain order by at) as place
      from unnest(${chains}, ${entries}) with ordinality as t(chain, entry, at)),
    head as (
      select chain, seq, hash from ${auditChain} where chain in (select chain from given) order by chain for update),
    walk(chain, place, seq, hash, entry) as (
      select chain, 0::bigint, seq, hash, null::text from head
      union all
      select given.chain, given.place, walk.seq + 1, sha256(walk.hash || convert_to(given.entry, 'UTF8')), given.entry
      from walk join given on given.chain = walk.chain and given.place = walk.place + 1),
    moved as (
      update ${auditChain} c set seq = last.seq, hash = last.hash
      from (select distinct on (chain) chain, seq, hash from walk order by chain, seq desc) as last
      where c.chain = last.chain)
    insert into ${auditEntry} (chain, seq, hash, entry)
    select chain, seq, hash, entry from walk where place > 0
    returning seq`)) as unknown as { readonly rows: readonly unknown[] };
  if (rows.length !== facts.length) throw new Error("the head of an audit chain is missing");
}

/** Canonical: the same fact gives the same bytes. */
function entryOf(fact: AuditFact | SystemFact): string {
  return JSON.stringify(fact, Object.keys(fact).sort());
}
