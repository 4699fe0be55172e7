import { sql } from "drizzle-orm";
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

/** Columns as arrays: one text whatever the number of rows, so that it is parsed and planned once. */
function prepareInsert(db: Executor) {
  const column = (name: string, type: string) => sql`${sql.placeholder(name)}::${sql.raw(type)}[]`;
  return db
    .insert(accessLog)
    .select(
      sql`select bucket, pensioner_id, id, client_id, operation, request_id, at::timestamptz
        from unnest(${column("buckets", "smallint")}, ${column("pensionerIds", "uuid")}, ${column("ids", "uuid")},
          ${column("clientIds", "text")}, ${column("operations", "text")}, ${column("requestIds", "text")},
          ${column("times", "text")}) as t(bucket, pensioner_id, id, client_id, operation, request_id, at)`,
    )
    .prepare("insert_access_log");
}

interface Waiting {
  readonly rows: readonly Row[];
  readonly settle: (error?: unknown) => void;
}

const MAX_ROWS_PER_STATEMENT = 1_000;

/**
 * Records who read whom. Rows of simultaneous reads are written by one statement: while a group is being committed the
 * next one gathers. Under `strict` a read is answered only when its rows are committed, and fails when they cannot be.
 */
export class AccessLog implements AsyncDisposable {
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #statement: ReturnType<typeof prepareInsert> | undefined;

  constructor(
    private readonly db: Executor,
    private readonly mode: "strict" | "relaxed",
    private readonly onLost: (error: unknown) => void,
  ) {}

  async record(access: Access, persons: readonly PensionerKey[]): Promise<void> {
    if (persons.length === 0) return;
    const rows = persons.map(({ bucket, pensionerId }) => ({ bucket, pensionerId, id: newId(), ...access }));
    const committed = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ rows, settle: (error) => (error === undefined ? resolve() : reject(error)) });
    });
    this.#writing ??= this.#writeGroups();
    if (this.mode === "strict") return committed;
    committed.catch(this.onLost);
  }

  async #writeGroups(): Promise<void> {
    // Reads that finish in this turn of the event loop share the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
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
    }
    this.#writing = undefined;
  }

  async #insert(rows: readonly Row[]): Promise<void> {
    this.#statement ??= prepareInsert(this.db);
    await this.#statement.execute({
      buckets: rows.map((row) => row.bucket),
      pensionerIds: rows.map((row) => row.pensionerId),
      ids: rows.map((row) => row.id),
      clientIds: rows.map((row) => row.clientId),
      operations: rows.map((row) => row.operation),
      requestIds: rows.map((row) => row.requestId),
      times: rows.map((row) => row.at.toISOString()),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
  }
}
