import { inArray } from "drizzle-orm";
import type { Executor } from "./database.js";
import { employerContact } from "./tables.js";

/** R1: where these employers are reminded of their people, sealed, by code; those that have told no phone are absent. */
export async function readEmployerPhones(
  db: Executor,
  codes: readonly string[],
): Promise<Map<string, Buffer>> {
  if (codes.length === 0) return new Map();
  const rows = await db
    .select({ code: employerContact.employerCode, phoneSealed: employerContact.phoneSealed })
    .from(employerContact)
    .where(inArray(employerContact.employerCode, [...codes]));
  return new Map(rows.map(({ code, phoneSealed }) => [code, phoneSealed]));
}
