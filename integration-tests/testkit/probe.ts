import { sql } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";
import type { Executor } from "../../src/storage/database.js";

/** A table outside the product's schema: which ids are in it tells what was committed. */
const probe = pgTable("probe", {
  id: integer("id").primaryKey(),
  touched: integer("touched").notNull().default(0),
});

export async function createProbe(db: Executor): Promise<void> {
  await db.execute(sql`create table probe (id integer primary key, touched integer not null default 0)`);
}

export async function addToProbe(db: Executor, id: number): Promise<void> {
  await db.insert(probe).values({ id });
}

/** Locks the row, as an update does. */
export async function touchInProbe(db: Executor, id: number): Promise<void> {
  await db
    .update(probe)
    .set({ touched: sql`${probe.touched} + 1` })
    .where(sql`${probe.id} = ${id}`);
}

export async function readProbe(db: Executor): Promise<readonly number[]> {
  return (await db.select({ id: probe.id }).from(probe).orderBy(probe.id)).map(({ id }) => id);
}

export async function touchesInProbe(db: Executor, id: number): Promise<number | undefined> {
  const [row] = await db.select({ touched: probe.touched }).from(probe).where(sql`${probe.id} = ${id}`);
  return row?.touched;
}
