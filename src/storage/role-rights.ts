import { sql } from "drizzle-orm";
import { ALARM_SCHEMA } from "./alarm-schema.js";
import type { Executor } from "./database.js";
import { readRows } from "./read-rows.js";

/** What the role of this connection lacks, and what it could do to traces that are to stay; as database-roles.sql grants. */
export interface RoleRights {
  readonly role: string;
  /** What the service needs and may not do, e.g. `insert into message`. */
  readonly missing: readonly string[];
  /** What nobody who serves should be able to do, e.g. `delete from audit_entry`. */
  readonly beyond: readonly string[];
}

type Right = "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE";

const everyRight: readonly Right[] = ["SELECT", "INSERT", "UPDATE", "DELETE"];
const forbidden: Readonly<Record<string, readonly Right[]>> = {
  access_log: ["UPDATE", "DELETE", "TRUNCATE"],
  audit_entry: ["UPDATE", "DELETE", "TRUNCATE"],
  audit_anchor: ["UPDATE", "DELETE", "TRUNCATE"],
  audit_chain: ["DELETE", "TRUNCATE"],
};
const words: Readonly<Record<Right, string>> = {
  SELECT: "select from",
  INSERT: "insert into",
  UPDATE: "update",
  DELETE: "delete from",
  TRUNCATE: "truncate",
};

export async function readRoleRights(db: Executor): Promise<RoleRights> {
  const [who] = await readRows<{ role: string; missing: readonly string[] | null }>(
    db,
    sql`select current_user as role, (select array_agg(name order by name)
      from unnest(array['drizzle', 'public', ${ALARM_SCHEMA}]::text[]) as name
      where to_regnamespace(name) is null or not has_schema_privilege(to_regnamespace(name)::oid, 'USAGE')) as missing`,
  );
  const held = await readRows<{ table: string } & Record<Lowercase<Right>, boolean>>(
    db,
    sql`select c.relname as table, has_table_privilege(c.oid, 'SELECT') as select,
        has_table_privilege(c.oid, 'INSERT') as insert, has_table_privilege(c.oid, 'UPDATE') as update,
        has_table_privilege(c.oid, 'DELETE') as delete, has_table_privilege(c.oid, 'TRUNCATE') as truncate
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname`,
  );
  const among = (wanted: (table: string) => readonly Right[], has: boolean) =>
    held.flatMap((row) =>
      wanted(row.table)
        .filter((right) => row[right.toLowerCase() as Lowercase<Right>] === has)
        .map((right) => `${words[right]} ${row.table}`),
    );
  const needed = (table: string) => everyRight.filter((right) => !forbidden[table]?.includes(right));
  return {
    role: who?.role ?? "",
    missing: [...(who?.missing ?? []).map((name) => `use schema ${name}`), ...among(needed, false)],
    beyond: among((table) => forbidden[table] ?? [], true),
  };
}
