import { createHash } from "node:crypto";
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
  await append(tx, chainOf(fact), fact);
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

/**
 * Adds many entries, each chain's in the order given; the chains' heads are locked in one order, so that two never wait in a
 * ring. Hashed here: PostgreSQL would have to walk them row by row.
 */
export async function appendAudits(tx: Tx, arrays: BulkArrays, facts: readonly AuditFact[]): Promise<void> {
  if (facts.length === 0) return;
  const chains = [...new Set(facts.map(chainOf))];
  const heads = await tx
    .select()
    .from(auditChain)
    .where(sql`${auditChain.chain} = any(${arrays.smallints(chains)})`)
    .orderBy(auditChain.chain)
    .for("update");
  if (heads.length !== chains.length) throw new Error("the head of an audit chain is missing");
  const last = new Map(heads.map((head) => [head.chain, head]));
  const entries = facts.map((fact) => {
    const before = last.get(chainOf(fact));
    if (!before) throw new Error("an entry without a chain");
    const { chain, seq, hash } = before;
    const entry = entryOf(fact);
    const added = {
      chain,
      seq: seq + 1,
      hash: createHash("sha256").update(hash).update(entry).digest(),
      entry,
    };
    last.set(chain, added);
    return added;
  });
  const moved = [...last.values()];
  await tx.execute(sql`
    with moved as (
      update ${auditChain} c set seq = g.seq, hash = g.hash
      from unnest(${arrays.smallints(moved.map(({ chain }) => chain))}, ${arrays.bigints(moved.map(({ seq }) => seq))},
        ${arrays.bytes(moved.map(({ hash }) => hash))}) as g(chain, seq, hash)
      where c.chain = g.chain)
    insert into ${auditEntry} (chain, seq, hash, entry)
    select * from unnest(${arrays.smallints(entries.map(({ chain }) => chain))},
      ${arrays.bigints(entries.map(({ seq }) => seq))}, ${arrays.bytes(entries.map(({ hash }) => hash))},
      ${arrays.texts(entries.map(({ entry }) => entry))})`);
}

function chainOf({ bucket }: AuditFact): number {
  return bucket % AUDIT_CHAINS;
}

/** Canonical: the same fact gives the same bytes. */
function entryOf(fact: AuditFact | SystemFact): string {
  return JSON.stringify(fact, Object.keys(fact).sort());
}
