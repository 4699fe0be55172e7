import { createHash } from "node:crypto";
import { asc } from "drizzle-orm";
import { expect } from "vitest";
import type { App } from "../../src/app.js";
import { auditChain, auditEntry } from "../../src/storage/tables.js";

export const CHAINS = 16;

/** The chains whose hashes do not follow from their entries, computed as an outsider would. */
export async function brokenChains({ database: { db } }: App): Promise<number[]> {
  const heads = await db.select().from(auditChain);
  const entries = await db.select().from(auditEntry).orderBy(asc(auditEntry.chain), asc(auditEntry.seq));
  const byChain = Map.groupBy(entries, ({ chain }) => chain);
  expect(heads.map(({ chain }) => chain).sort((a, b) => a - b)).toEqual(
    Array.from({ length: CHAINS }, (_, n) => n),
  );
  const broken = heads.filter((head) => {
    let hash = Buffer.alloc(32);
    let seq = 0;
    for (const entry of byChain.get(head.chain) ?? []) {
      seq += 1;
      hash = createHash("sha256").update(hash).update(entry.entry, "utf8").digest();
      if (entry.seq !== seq || !entry.hash.equals(hash)) return true;
    }
    return head.seq !== seq || !head.hash.equals(hash);
  });
  return broken.map(({ chain }) => chain);
}
