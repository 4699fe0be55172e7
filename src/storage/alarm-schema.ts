import type pg from "pg";

/** Where pg-boss keeps its alarms; nothing of the product is in it. */
export const ALARM_SCHEMA = "pgboss";

/** What pg-boss asks of a database: a statement, or several at once where there are no values. */
export interface AlarmStore {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** The service's own pool, so that alarms need no connections of their own. */
export function alarmStoreOf(pool: pg.Pool): AlarmStore {
  return {
    executeSql: async (text, values) => {
      const answer: pg.QueryResult | pg.QueryResult[] = await pool.query(text, values);
      return { rows: Array.isArray(answer) ? answer.flatMap(({ rows }) => rows) : answer.rows };
    },
  };
}

/**
 * Makes the schema of pg-boss, or brings it up to date, as whoever may create schemas. A role that may not finds it made by
 * the owner: pg-boss itself says so where it is missing.
 */
export async function prepareAlarmSchema(pool: pg.Pool): Promise<void> {
  const allowed = await pool.query<{ may: boolean }>(
    "select has_database_privilege(current_database(), 'CREATE') as may",
  );
  if (allowed.rows[0]?.may !== true) return;
  const { PgBoss } = await import("pg-boss");
  const boss = new PgBoss({
    db: alarmStoreOf(pool),
    schema: ALARM_SCHEMA,
    schedule: false,
    supervise: false,
    registerInstance: false,
  });
  boss.on("error", () => undefined);
  await boss.start();
  await boss.stop({ graceful: false });
}
