import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { JWK } from "jose";
import { openAnchor } from "../auth/audit-anchors.js";
import { ConfigError } from "../config.js";
import { type Anchor, anchorHash, readAnchors } from "../storage/audit-anchors.js";
import type { ChainHead } from "../storage/audit-verification.js";
import type { Executor } from "../storage/database.js";

export interface CheckedAnchors {
  /** Where the chains stood, by every anchor that is signed. */
  readonly heads: readonly ChainHead[];
  readonly count: number;
  /** What is wrong with the anchors themselves, a line each. */
  readonly faults: readonly string[];
  /** Anchors whose key is no longer in the key file: they prove nothing, and say nothing wrong. */
  readonly unknownKeys: number;
}

/** Opens the anchors in the database and, where there is one, those of the file outside it; both are to say the same. */
export async function checkAnchors(
  db: Executor,
  anchorFile: string | undefined,
  keySet: { readonly keys: readonly JWK[] },
): Promise<CheckedAnchors> {
  const stored = (await readAnchors(db)).map(({ number, jws }) => ({ number, jws }));
  const lines = anchorFile === undefined ? [] : await readAnchorLines(anchorFile);
  const check = new AnchorCheck();
  let previous: string | null = null;
  let expected = 1;
  for (const { number, jws } of stored) {
    const anchor = await openAnchor(jws, keySet);
    check.take(`anchor ${number}`, anchor);
    if (number !== expected) check.faults.push(`anchor ${expected} is missing`);
    else if (isOpen(anchor) && (anchor.number !== number || anchor.previous !== previous))
      check.faults.push(`anchor ${number} does not follow from the one before`);
    previous = anchorHash(jws).toString("hex");
    expected = number + 1;
  }
  const known = new Set(stored.map(({ jws }) => jws));
  for (const [index, jws] of lines.entries()) {
    if (known.has(jws)) continue;
    const anchor = await openAnchor(jws, keySet);
    check.take(`line ${index + 1} of ${anchorFile}`, anchor);
    // A line that was written before the row could be is true as well; one before the last row should have its row.
    if (isOpen(anchor) && anchor.number > stored.length + 1)
      check.faults.push(`anchor ${anchor.number} stands in ${anchorFile} and not in the database`);
  }
  return check;
}

function isOpen(anchor: Anchor | "unknown-key" | null): anchor is Anchor {
  return anchor !== null && anchor !== "unknown-key";
}

class AnchorCheck implements CheckedAnchors {
  readonly heads: ChainHead[] = [];
  readonly faults: string[] = [];
  count = 0;
  unknownKeys = 0;

  take(where: string, anchor: Anchor | "unknown-key" | null): void {
    this.count += 1;
    if (anchor === "unknown-key") this.unknownKeys += 1;
    else if (anchor === null) this.faults.push(`${where} is not signed as it should be`);
    else this.heads.push(...anchor.heads.filter(({ seq }) => seq > 0));
  }
}

/** The anchors of the file, one a line; none before the first. */
export async function readAnchorLines(path: string): Promise<string[]> {
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity }))
      if (line !== "") lines.push(line);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new ConfigError(`AUDIT_ANCHOR_FILE ${path} cannot be read (${code ?? "unknown"})`);
  }
  return lines;
}
