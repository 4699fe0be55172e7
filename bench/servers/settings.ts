/** What the parent process says. */
export const settings = {
  databaseUrl: given("DATABASE_URL"),
  poolSize: Number(given("POOL_SIZE")),
  /** The SQL of the status query: one parameter, an array of blind indexes. */
  statement: given("STATEMENT"),
  selects: Number(process.env.SELECTS ?? 1),
  /** The sandbox's day, YYYY-MM-DD. */
  today: given("TODAY"),
};

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
