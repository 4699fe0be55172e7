import { setTimeout as sleep } from "node:timers/promises";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Executor } from "./database.js";
import { newId, type PensionerKey } from "./ids.js";
import { accessLog } from "./tables.js";

export interface Access {
  readonly clientId: string;
  readonly operation: string;
  readonly requestId: string;
  readonly at: Date;
}

interface Row extends PensionerKey, Access {
  readonly id: string;
}

export interface AccessRecord extends Access {
  readonly id: string;
}

/** Who read a person, latest first. */
export async function listAccesses(
  db: Executor,
  key: PensionerKey,
  page: { readonly limit: number; readonly beforeId: string | null },
): Promise<AccessRecord[]> {
  const { id, clientId, operation, requestId, at } = accessLog;
  return db
    .select({ id, clientId, operation, requestId, at })
    .from(accessLog)
    .where(
      and(
        eq(accessLog.bucket, key.bucket),
        eq(accessLog.pensionerId, key.pensionerId),
        page.beforeId === null ? undefined : lt(accessLog.id, page.beforeId),
      ),
    )
    .orderBy(desc(accessLog.id))
    .limit(page.limit);
}

/**
 * All rows as one JSON text: one statement text whatever their number, and of a JSON text's length PostgreSQL makes
 * nothing, so that it plans the statement once; a list of arrays it would plan anew each time.
 */
function prepareInsert(db: Executor) {
  return db
    .insert(accessLog)
    .select(
      sql`select bucket, pensioner_id, id, client_id, operation, request_id, at
        from json_to_recordset(${sql.placeholder("rows")}::json) as t(bucket smallint, pensioner_id uuid, id uuid,
          client_id text, operation text, request_id text, at timestamptz)`,
    )
    .prepare("insert_access_log");
}

interface Waiting {
  readonly rows: readonly Row[];
  readonly settle: (error?: unknown) => void;
}

/** The time between two groups: under strict audit the reads wait for it. */
const GATHER_MS = { strict: 4, relaxed: 25 } as const;
const MAX_ROWS_PER_STATEMENT = 1_000;

/**
 * Records who read whom. Rows of simultaneous reads are written by one statement: while a group is being committed the
 * next one gathers. Under `strict` a read is answered only when its rows are committed, and fails when they cannot be.
 */
export class AccessLog implements AsyncDisposable {
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #lastGroupAtMs = 0;
  #statement: ReturnType<typeof prepareInsert> | undefined;

  constructor(
    private readonly db: Executor,
    private readonly mode: "strict" | "relaxed",
    private readonly onLost: (error: unknown) => void,
  ) {}

  /** `always` waits for the commit whatever the mode: what was shown cannot be called back. */
  async record(access: Access, persons: readonly PensionerKey[], always = false): Promise<void> {
    if (persons.length === 0) return;
    const rows = persons.map(({ bucket, pensionerId }) => ({ bucket, pensionerId, id: newId(), ...access }));
    const committed = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ rows, settle: (error) => (error === undefined ? resolve() : reject(error)) });
    });
    this.#writing ??= this.#writeGroups();
    if (always || this.mode === "strict") return committed;
    committed.catch(this.onLost);
  }

  async #writeGroups(): Promise<void> {
    // Reads that finish in this turn of the event loop share the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      await this.#gather();
      const group = this.#waiting;
      this.#waiting = [];
      const rows = group.flatMap((waiting) => waiting.rows);
      try {
        for (let start = 0; start < rows.length; start += MAX_ROWS_PER_STATEMENT) {
          await this.#insert(rows.slice(start, start + MAX_ROWS_PER_STATEMENT));
        }
        for (const waiting of group) waiting.settle();
      } catch (error) {
        for (const waiting of group) waiting.settle(error);
      }
      this.#lastGroupAtMs = performance.now();
    }
    this.#writing = undefined;
  }

  /** A lone read is written at once; under load a group a moment is written, and not one for each read. */
  async #gather(): Promise<void> {
    const restMs = this.#lastGroupAtMs + GATHER_MS[this.mode] - performance.now();
    if (restMs > 0) await sleep(restMs);
  }

  async #insert(rows: readonly Row[]): Promise<void> {
    this.#statement ??= prepareInsert(this.db);
    const json = JSON.stringify(
      rows.map((row) => ({
        bucket: row.bucket,
        pensioner_id: row.pensionerId,
        id: row.id,
        client_id: row.clientId,
        operation: row.operation,
        request_id: row.requestId,
        at: row.at,
      })),
    );
    await this.#statement.execute({ rows: json });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
  }
}
