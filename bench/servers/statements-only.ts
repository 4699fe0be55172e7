/**
 * The limit of a certification: the statements that ours sends, with their values, each prepared once a connection, in as
 * many round trips; no HTTP, no rules, no sealing. It is sent recorded transactions and answers how long each took.
 */
import pg from "pg";

interface Order {
  readonly transactions: readonly (readonly {
    readonly text: string;
    readonly values: readonly unknown[];
  }[])[];
  /** As many are begun at once, as over that many connections of clients. */
  readonly concurrency: number;
}

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL_SIZE),
});
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text) ?? `s${names.size}`;
  names.set(text, known);
  return known;
}

async function run(transaction: Order["transactions"][number]): Promise<void> {
  const client = await pool.connect();
  try {
    for (const { text, values } of transaction) {
      if (values.length === 0) await client.query(text);
      else await client.query({ name: nameOf(text), text, values: [...values] });
    }
  } finally {
    client.release();
  }
}

async function carryOut({ transactions, concurrency }: Order) {
  const milliseconds: number[] = [];
  const pending = transactions.values();
  const startedMs = performance.now();
  const work = async () => {
    for (const transaction of pending) {
      const begunMs = performance.now();
      await run(transaction);
      milliseconds.push(performance.now() - begunMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { seconds: (performance.now() - startedMs) / 1_000, milliseconds };
}

process.on("message", (order: Order) => {
  carryOut(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${error}\n`);
      process.exit(1);
    },
  );
});
