import { eq, sql } from "drizzle-orm";
import type { Executor, Tx } from "./database.js";
import { setting } from "./tables.js";

export async function readSetting<T>(db: Executor, name: string): Promise<T | undefined> {
  const [row] = await db.select().from(setting).where(eq(setting.name, name));
  return row?.value as T | undefined;
}

/** Writes the value unless one is there; returns what stands afterwards. */
export async function claimSetting<T>(tx: Tx, name: string, value: T): Promise<T> {
  await tx.insert(setting).values({ name, value }).onConflictDoNothing();
  return (await readSetting<T>(tx, name)) as T;
}

export async function writeSetting(tx: Tx, name: string, value: unknown): Promise<void> {
  await tx
    .insert(setting)
    .values({ name, value })
    .onConflictDoUpdate({ target: setting.name, set: { value: sql`excluded.value` } });
}

/** Locks a setting's row until the transaction ends, making it first if need be. */
export async function lockSetting<T>(tx: Tx, name: string, initial: T): Promise<T> {
  await tx.insert(setting).values({ name, value: initial }).onConflictDoNothing();
  const [row] = await tx.select().from(setting).where(eq(setting.name, name)).for("update");
  return row?.value as T;
}

export async function dropSetting(tx: Tx, name: string): Promise<void> {
  await tx.delete(setting).where(eq(setting.name, name));
}
