import { and, desc, eq, isNotNull, lt, sql } from "drizzle-orm";
import type { ChannelCode } from "../domain/channels.js";
import type { Executor } from "./database.js";
import type { OwnedKey, PensionerKey } from "./ids.js";
import { belongsTo, isOneOf } from "./owned-rows.js";
import { certification } from "./tables.js";

export type CertificationRecord = Omit<
  typeof certification.$inferSelect,
  `helper${string}` | `passed${string}` | "operatorSealed" | "sourceReferenceIndex"
>;

const columns = {
  bucket: certification.bucket,
  pensionerId: certification.pensionerId,
  id: certification.id,
  clientId: certification.clientId,
  channel: certification.channel,
  method: certification.method,
  actor: certification.actor,
  state: certification.state,
  sessionId: certification.sessionId,
  occurredAt: certification.occurredAt,
  receivedAt: certification.receivedAt,
  decidedAt: certification.decidedAt,
  rejectionCode: certification.rejectionCode,
  nextChannels: certification.nextChannels,
  failedFaces: certification.failedFaces,
  validThrough: certification.validThrough,
  replacedValidThrough: certification.replacedValidThrough,
  policyVersion: certification.policyVersion,
  employerCode: certification.employerCode,
  reviewDueOn: certification.reviewDueOn,
  decidedBy: certification.decidedBy,
  decisionReasonSealed: certification.decisionReasonSealed,
  overpaidMonths: certification.overpaidMonths,
  dataSource: certification.dataSource,
};

/** Who handed a certification in, and who passed it: null when nobody had to; a revocation hides neither. */
export async function readHands(
  db: Executor,
  key: OwnedKey,
): Promise<{ readonly handedInBy: string; readonly passedBy: string | null } | null> {
  const [row] = await db
    .select({
      handedInBy: certification.clientId,
      passedBy: sql<string | null>`case when ${certification.state} = 'REVOKED'
        then ${certification.passedBy} else ${certification.decidedBy} end`,
    })
    .from(certification)
    .where(and(belongsTo(certification, key), eq(certification.id, key.id)));
  return row ?? null;
}

export async function readCertification(db: Executor, key: OwnedKey): Promise<CertificationRecord | null> {
  const [row] = await db
    .select(columns)
    .from(certification)
    .where(and(belongsTo(certification, key), eq(certification.id, key.id)));
  return row ?? null;
}

/** Certifications by key, in no particular order; unknown keys are left out. */
export async function readCertifications(
  db: Executor,
  keys: readonly OwnedKey[],
): Promise<CertificationRecord[]> {
  return db.select(columns).from(certification).where(isOneOf(certification, keys));
}

/** A person's certifications, latest first; `visibleTo` limits them to one client's own. */
export async function listCertifications(
  db: Executor,
  key: PensionerKey,
  page: { readonly limit: number; readonly beforeId: string | null; readonly visibleTo: string | null },
): Promise<CertificationRecord[]> {
  return db
    .select(columns)
    .from(certification)
    .where(
      and(
        belongsTo(certification, key),
        page.beforeId === null ? undefined : lt(certification.id, page.beforeId),
        page.visibleTo === null ? undefined : eq(certification.clientId, page.visibleTo),
      ),
    )
    .orderBy(desc(certification.id))
    .limit(page.limit);
}

/** Which submissions under review; null means any. */
export interface ReviewScope {
  readonly channel: ChannelCode | null;
  readonly employerCode: string | null;
  readonly dueBefore: string | null;
}

/** E6: what waits for a decision, the earliest due day first; `after` continues behind a day, bucket, person and id. */
export async function listPending(
  db: Executor,
  scope: ReviewScope,
  page: { readonly limit: number; readonly after: readonly string[] | null },
): Promise<CertificationRecord[]> {
  const { reviewDueOn, bucket, pensionerId, id } = certification;
  const [day, inBucket, person, last] = page.after ?? [];
  const keyset =
    day === undefined
      ? undefined
      : sql`(${reviewDueOn}, ${bucket}, ${pensionerId}, ${id}) > (${day}::date, ${inBucket}::smallint, ${person}::uuid, ${last}::uuid)`;
  return db
    .select(columns)
    .from(certification)
    .where(
      and(
        eq(certification.state, "PENDING"),
        isNotNull(reviewDueOn),
        scope.channel === null ? undefined : eq(certification.channel, scope.channel),
        scope.employerCode === null ? undefined : eq(certification.employerCode, scope.employerCode),
        scope.dueBefore === null ? undefined : lt(reviewDueOn, scope.dueBefore),
        keyset,
      ),
    )
    .orderBy(reviewDueOn, bucket, pensionerId, id)
    .limit(page.limit);
}
