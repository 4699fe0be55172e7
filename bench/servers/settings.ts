/** SQL that finds people; its one parameter is a blind index, or an array of them. */
interface StatusStatement {
  readonly text: string;
  readonly takes: "one" | "list";
}

/** What the parent process says. */
export const settings = {
  databaseUrl: given("DATABASE_URL"),
  poolSize: Number(given("POOL_SIZE")),
  statements: JSON.parse(given("STATEMENTS")) as Readonly<Record<"single" | "batch", StatusStatement>>,
  selects: Number(process.env.SELECTS ?? 1),
  /** The sandbox's day, YYYY-MM-DD. */
  today: given("TODAY"),
};

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** What to send so that these persons are found, prepared once a connection. */
export function statusQuery(hexIndexes: readonly string[]) {
  const kind = hexIndexes.length === 1 ? "single" : "batch";
  const { text, takes } = settings.statements[kind];
  const indexes = hexIndexes.map((index) => Buffer.from(index, "hex"));
  return { name: kind, text, values: takes === "list" ? [indexes] : indexes };
}
