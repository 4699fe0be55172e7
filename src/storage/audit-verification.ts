import { createHash } from "node:crypto";
import { and, asc, count, eq, gt, like, notInArray, sql } from "drizzle-orm";
import { AUDIT_CHAINS } from "./audit.js";
import type { Executor } from "./database.js";
import { auditChain, auditEntry } from "./tables.js";

/** Where a chain stood at some time; kept elsewhere, it shows what was cut off or rewritten as a whole since. */
export interface ChainHead {
  readonly chain: number;
  readonly seq: number;
  /** Hexadecimal. */
  readonly hash: string;
}

export type AuditFault =
  | "HEAD_MISSING"
  | "ENTRY_MISSING"
  | "ENTRY_CHANGED"
  | "HEAD_CHANGED"
  | "ENTRY_BEYOND_HEAD"
  | "NOT_AS_NOTED"
  | "UNKNOWN_CHAIN";

/** The first row of a chain that does not follow from those before it. */
export interface BrokenChain {
  readonly chain: number;
  readonly seq: number;
  readonly fault: AuditFault;
}

export interface VerifiedChain {
  readonly head: ChainHead;
  readonly broken: BrokenChain | null;
}

const PAGE = 1_000;

const chains = Array.from({ length: AUDIT_CHAINS }, (_, chain) => chain);

/** How many entries there are to walk. */
export async function countAuditEntries(db: Executor): Promise<number> {
  const [row] = await db.select({ entries: count() }).from(auditEntry);
  return row?.entries ?? 0;
}

/** Recomputes every chain from its first entry, page by page; `noted` are heads of an earlier time. */
export async function* verifyAudit(
  db: Executor,
  noted: readonly ChainHead[] = [],
  onEntries: (entries: number) => void = () => undefined,
): AsyncGenerator<VerifiedChain> {
  for (const chain of chains) {
    const own = noted.filter((head) => head.chain === chain);
    yield await verifyChain(db, chain, own, onEntries);
  }
  const [stray] = await db
    .select({ chain: auditEntry.chain, seq: auditEntry.seq })
    .from(auditEntry)
    .where(notInArray(auditEntry.chain, chains))
    .orderBy(asc(auditEntry.chain), asc(auditEntry.seq))
    .limit(1);
  if (stray)
    yield {
      head: { chain: stray.chain, seq: 0, hash: "" },
      broken: { ...stray, fault: "UNKNOWN_CHAIN" },
    };
}

async function verifyChain(
  db: Executor,
  chain: number,
  noted: readonly ChainHead[],
  onEntries: (entries: number) => void,
): Promise<VerifiedChain> {
  const stored = await readHead(db, chain);
  const walk = new ChainWalk(noted);
  let broken = stored ? null : fault("HEAD_MISSING", 0);
  while (stored && !broken && walk.seq < stored.seq) {
    const page = await readPage(db, chain, walk.seq);
    if (page.length === 0) broken = fault("ENTRY_MISSING", walk.seq + 1);
    for (const entry of page) {
      // What was added meanwhile is for the next time.
      if (broken || walk.seq === stored.seq) break;
      broken = walk.step(entry);
    }
    onEntries(page.length);
  }
  if (stored) broken ??= walk.end(stored);
  const head = { chain, seq: walk.seq, hash: walk.hash.toString("hex") };
  return { head, broken: broken && { chain, ...broken } };
}

type Fault = Omit<BrokenChain, "chain">;

function fault(kind: AuditFault, seq: number): Fault {
  return { seq, fault: kind };
}

interface StoredHead {
  readonly seq: number;
  readonly hash: Buffer;
  /** Of the last entry there is. */
  readonly last: number;
}

/** Recomputes one chain, entry by entry. */
class ChainWalk {
  seq = 0;
  hash: Buffer = Buffer.alloc(32);

  /** Hashes by place, as they were noted; of one place several when notes disagree. */
  readonly #noted = new Map<number, Set<string>>();
  readonly #lastNoted: number;

  constructor(noted: readonly ChainHead[]) {
    for (const { seq, hash } of noted) this.#noted.set(seq, (this.#noted.get(seq) ?? new Set()).add(hash));
    this.#lastNoted = Math.max(0, ...this.#noted.keys());
  }

  step(entry: { readonly seq: number; readonly hash: Buffer; readonly entry: string }): Fault | null {
    if (entry.seq !== this.seq + 1) return fault("ENTRY_MISSING", this.seq + 1);
    const next = createHash("sha256").update(this.hash).update(entry.entry, "utf8").digest();
    if (!entry.hash.equals(next)) return fault("ENTRY_CHANGED", entry.seq);
    this.hash = next;
    this.seq = entry.seq;
    const present = this.hash.toString("hex");
    const rewritten = [...(this.#noted.get(this.seq) ?? [])].some((hash) => hash !== present);
    return rewritten ? fault("NOT_AS_NOTED", this.seq) : null;
  }

  end(stored: StoredHead): Fault | null {
    if (!stored.hash.equals(this.hash)) return fault("HEAD_CHANGED", this.seq);
    if (stored.last > stored.seq) return fault("ENTRY_BEYOND_HEAD", this.seq + 1);
    return this.#lastNoted > this.seq ? fault("NOT_AS_NOTED", this.seq + 1) : null;
  }
}

/** The head and the last entry, as one statement sees them: they change together. */
async function readHead(db: Executor, chain: number): Promise<StoredHead | undefined> {
  const [head] = await db
    .select({
      seq: auditChain.seq,
      hash: auditChain.hash,
      last: sql<number>`coalesce((select max(seq) from ${auditEntry} where chain = ${chain}), 0)`.mapWith(
        Number,
      ),
    })
    .from(auditChain)
    .where(eq(auditChain.chain, chain));
  return head;
}

function readPage(db: Executor, chain: number, after: number) {
  return db
    .select({ seq: auditEntry.seq, hash: auditEntry.hash, entry: auditEntry.entry })
    .from(auditEntry)
    .where(and(eq(auditEntry.chain, chain), gt(auditEntry.seq, after)))
    .orderBy(asc(auditEntry.seq))
    .limit(PAGE);
}

/** A person's entries of one operation, in order, read from the person's chain. */
export async function* findAuditEntries(
  db: Executor,
  key: { readonly bucket: number; readonly pensionerId: string },
  operation: string,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const chain = key.bucket % AUDIT_CHAINS;
  for (let after = 0; ; ) {
    const page = await db
      .select({ seq: auditEntry.seq, entry: auditEntry.entry })
      .from(auditEntry)
      .where(
        and(
          eq(auditEntry.chain, chain),
          gt(auditEntry.seq, after),
          like(auditEntry.entry, `%"operation":"${operation}"%"pensionerId":"${key.pensionerId}"%`),
        ),
      )
      .orderBy(asc(auditEntry.seq))
      .limit(PAGE);
    for (const { entry } of page) yield JSON.parse(entry) as Readonly<Record<string, unknown>>;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.seq;
  }
}
