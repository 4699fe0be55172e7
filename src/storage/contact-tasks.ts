import { and, asc, eq, gt, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { type BulkArrays, isAmong } from "./bulk-arrays.js";
import type { Executor, Tx } from "./database.js";
import { newId, type OwnedKey, type PensionerKey } from "./ids.js";
import { belongsTo } from "./owned-rows.js";
import { keyArrays } from "./register.js";
import { contactTask, pensioner } from "./tables.js";

export type ContactTaskRecord = Omit<typeof contactTask.$inferSelect, "phoneIndex">;

const columns = {
  bucket: contactTask.bucket,
  pensionerId: contactTask.pensionerId,
  id: contactTask.id,
  reason: contactTask.reason,
  employerCode: contactTask.employerCode,
  openedAt: contactTask.openedAt,
  closedAt: contactTask.closedAt,
};

/** Persons whose phone this is now, in the order that locks are taken in, with what their names are compared by. */
export async function readHoldersOf(
  db: Executor,
  phoneIndexes: readonly Buffer[],
): Promise<(PensionerKey & { readonly nameIndex: Buffer })[]> {
  return db
    .select({ bucket: pensioner.bucket, pensionerId: pensioner.id, nameIndex: pensioner.nameIndex })
    .from(pensioner)
    .where(inArray(pensioner.phoneIndex, [...phoneIndexes]))
    .orderBy(asc(pensioner.bucket), asc(pensioner.id));
}

/**
 * R6: opens the one task of a person and phone, or opens it again when the phone was given anew since; null when it is open.
 * What a phone's holder reports stands over a text that did not arrive.
 * The person is locked. While index keys are rotated the task may stand under another version of the phone's index: it is
 * brought to the current one first, so that the constraint sees it.
 */
export async function openContactTask(
  tx: Tx,
  task: PensionerKey & Pick<typeof contactTask.$inferInsert, "reason" | "employerCode" | "openedAt">,
  phoneIndexes: readonly Buffer[],
): Promise<string | null> {
  const { reason, employerCode, openedAt } = task;
  const isClosed = isNotNull(contactTask.closedAt);
  const [phoneIndex, ...others] = phoneIndexes;
  if (!phoneIndex) throw new Error("a task without a phone");
  if (others.length > 0) {
    await tx
      .update(contactTask)
      .set({ phoneIndex })
      .where(and(belongsTo(contactTask, task), inArray(contactTask.phoneIndex, others)));
  }
  const [opened] = await tx
    .insert(contactTask)
    .values({ ...task, phoneIndex, id: newId() })
    .onConflictDoUpdate({
      target: [contactTask.bucket, contactTask.pensionerId, contactTask.phoneIndex],
      set: { reason, employerCode: employerCode ?? null, openedAt, closedAt: null },
      setWhere: reason === "WRONG_NUMBER" ? sql`${isClosed} or ${contactTask.reason} = 'BOUNCED'` : isClosed,
    })
    .returning({ id: contactTask.id });
  return opened?.id ?? null;
}

/** C2, R6: a phone that was given for the person ends the search. The person is locked. */
export async function closeContactTasks(tx: Tx, person: PensionerKey, at: Date): Promise<void> {
  await tx
    .update(contactTask)
    .set({ closedAt: at })
    .where(and(belongsTo(contactTask, person), isNull(contactTask.closedAt)));
}

/** The same of many persons already locked. */
export async function closeContactTasksOf(
  tx: Tx,
  arrays: BulkArrays,
  persons: readonly PensionerKey[],
  at: Date,
): Promise<void> {
  const wanted = keyArrays(
    arrays,
    persons.map((key) => ({ key })),
  );
  await tx
    .update(contactTask)
    .set({ closedAt: at })
    .where(
      and(
        sql`(${contactTask.bucket}, ${contactTask.pensionerId}) in (select * from unnest(${wanted}))`,
        isNull(contactTask.closedAt),
      ),
    );
}

/**
 * R6: whether a phone was reported as not the person's and nothing newer is known: then no message may go there. One that a
 * text did not reach is tried again: it may have been off.
 */
export function isPhoneReported(
  { bucket, pensionerId }: PensionerKey,
  phoneIndexes: readonly Buffer[],
): SQL<boolean> {
  return sql<boolean>`exists (select 1 from ${contactTask} where bucket = ${bucket} and pensioner_id = ${pensionerId}
    and ${inArray(contactTask.phoneIndex, [...phoneIndexes])} and closed_at is null and reason = 'WRONG_NUMBER')`;
}

/** R6: the phones of these persons that no message may go to, by pensioner id. */
export async function readReportedPhones(
  tx: Tx,
  arrays: BulkArrays,
  persons: readonly PensionerKey[],
): Promise<Map<string, Buffer[]>> {
  const rows = await tx
    .select({ pensionerId: contactTask.pensionerId, phoneIndex: contactTask.phoneIndex })
    .from(contactTask)
    .where(
      and(
        isAmong(contactTask.bucket, contactTask.pensionerId, arrays, persons),
        isNull(contactTask.closedAt),
        eq(contactTask.reason, "WRONG_NUMBER"),
      ),
    );
  const reported = new Map<string, Buffer[]>();
  for (const { pensionerId, phoneIndex } of rows)
    reported.set(pensionerId, [...(reported.get(pensionerId) ?? []), phoneIndex]);
  return reported;
}

export async function readContactTask(db: Executor, key: OwnedKey): Promise<ContactTaskRecord | null> {
  const [row] = await db
    .select(columns)
    .from(contactTask)
    .where(and(belongsTo(contactTask, key), eq(contactTask.id, key.id)));
  return row ?? null;
}

export interface ContactTaskScope {
  readonly employerCode: string | null;
  /** Null for open and closed ones. */
  readonly open: boolean | null;
}

/** Tasks by id, the oldest first. */
export async function listContactTasks(
  db: Executor,
  scope: ContactTaskScope,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<ContactTaskRecord[]> {
  const { employerCode, open } = scope;
  const openness = open ? isNull(contactTask.closedAt) : isNotNull(contactTask.closedAt);
  return db
    .select(columns)
    .from(contactTask)
    .where(
      and(
        employerCode === null ? undefined : eq(contactTask.employerCode, employerCode),
        open === null ? undefined : openness,
        page.afterId === null ? undefined : gt(contactTask.id, page.afterId),
      ),
    )
    .orderBy(asc(contactTask.id))
    .limit(page.limit);
}
