import { appendFile } from "node:fs/promises";
import { type Anchor, anchorHash, readHeads, readLastAnchor, writeAnchor } from "../storage/audit-anchors.js";
import type { Database } from "../storage/database.js";
import type { JobCounts, JobRun } from "../storage/job-runs.js";

export interface AnchorServices {
  readonly database: Database;
  /** Compact JWS of an anchor. */
  readonly signAnchor: (anchor: Anchor) => Promise<string>;
  /** Where each anchor is appended to as a line, out of the database's reach; undefined where there is no such place. */
  readonly anchorFile: string | undefined;
}

/**
 * Writes down, signed, where the audit chains stand. The line goes out before the row is committed: a line without a row
 * is true as well, while a row alone could be removed by whoever can write to the database.
 */
export async function anchorAudit(services: AnchorServices, run: JobRun): Promise<JobCounts> {
  const { database, signAnchor, anchorFile } = services;
  await database.transact(async (tx) => {
    await run.fence(tx);
    const last = await readLastAnchor(tx);
    const anchor: Anchor = {
      number: (last?.number ?? 0) + 1,
      at: run.now.toString({ fractionalSecondDigits: 3 }),
      previous: last && anchorHash(last.jws).toString("hex"),
      heads: await readHeads(tx),
    };
    const jws = await signAnchor(anchor);
    // On a line of its own also after one that a crash cut short.
    if (anchorFile !== undefined) await appendFile(anchorFile, `\n${jws}\n`, { mode: 0o600 });
    await writeAnchor(tx, anchor, jws);
    await run.advance(tx, { done: 1, total: 1, cursor: null, counts: { anchors: 1 } });
  });
  return { anchors: 1 };
}
