import type { Executor } from "./database.js";
import { newId, type PensionerKey } from "./ids.js";
import { accessLog } from "./tables.js";

export interface Access {
  readonly clientId: string;
  readonly operation: string;
  readonly requestId: string;
  readonly at: Date;
}

type Row = typeof accessLog.$inferInsert;

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
          await this.db.insert(accessLog).values(rows.slice(start, start + MAX_ROWS_PER_STATEMENT));
        }
        for (const waiting of group) waiting.settle();
      } catch (error) {
        for (const waiting of group) waiting.settle(error);
      }
    }
    this.#writing = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
  }
}
