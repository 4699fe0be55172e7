import { createHash } from "node:crypto";
import { asc, desc } from "drizzle-orm";
import type { ChainHead } from "./audit-verification.js";
import type { Executor, Tx } from "./database.js";
import { auditAnchor, auditChain } from "./tables.js";

/** What an anchor's signature covers. */
export interface Anchor {
  /** Counts up from 1 without gaps. */
  readonly number: number;
  readonly at: string;
  /** The hash of the anchor before, hexadecimal; of the first one null. */
  readonly previous: string | null;
  readonly heads: readonly ChainHead[];
}

export type AnchorRecord = typeof auditAnchor.$inferSelect;

/** All heads as one statement sees them. */
export async function readHeads(db: Executor): Promise<ChainHead[]> {
  const rows = await db.select().from(auditChain).orderBy(asc(auditChain.chain));
  return rows.map(({ chain, seq, hash }) => ({ chain, seq, hash: hash.toString("hex") }));
}

export async function readLastAnchor(db: Executor): Promise<AnchorRecord | null> {
  const [last] = await db.select().from(auditAnchor).orderBy(desc(auditAnchor.number)).limit(1);
  return last ?? null;
}

export function readAnchors(db: Executor): Promise<AnchorRecord[]> {
  return db.select().from(auditAnchor).orderBy(asc(auditAnchor.number));
}

export async function writeAnchor(tx: Tx, anchor: Anchor, jws: string): Promise<void> {
  const { number, at, heads } = anchor;
  await tx.insert(auditAnchor).values({ number, at: new Date(at), heads, hash: anchorHash(jws), jws });
}

/** What the next anchor names: of header and content, which a second signature of the same text leaves alike. */
export function anchorHash(jws: string): Buffer {
  return createHash("sha256")
    .update(jws.slice(0, jws.lastIndexOf(".")))
    .digest();
}
