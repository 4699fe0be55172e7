/** What employers' submissions read and write: every statement takes all persons of a group. */
import { and, eq, sql } from "drizzle-orm";
import type { ChannelCode } from "../domain/channels.js";
import type { EvidenceKind } from "../domain/evidence-kinds.js";
import type { RejectionCode } from "../domain/face-assertion.js";
import { type BulkArrays, keyArrays } from "./bulk-arrays.js";
import type { Executor, Tx } from "./database.js";
import type { OwnedKey, PensionerKey } from "./ids.js";
import { certification, evidence, evidenceFile, pensioner } from "./tables.js";

/**
 * Locks those of the persons who are the employer's, in the order of their keys; returns their ids. Person by person through
 * the primary key: left to itself, PostgreSQL may compare each of them with each row of the table.
 */
export async function lockEmployersOwn(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
  employerCode: string,
): Promise<ReadonlySet<string>> {
  const sorted = keys.toSorted((a, b) => a.bucket - b.bucket || (a.pensionerId < b.pensionerId ? -1 : 1));
  return idsOf(
    await tx.execute(sql`
      select own.id::text from unnest(${keyArrays(arrays, sorted)}) as wanted(bucket, id)
      cross join lateral (
        select p.id from ${pensioner} p
        where p.bucket = wanted.bucket and p.id = wanted.id and p.employer_code = ${employerCode}
        for update) as own`),
  );
}

/** Which of the locked persons have a submission of the channel under review. */
export async function readUnderReview(
  tx: Tx,
  arrays: BulkArrays,
  keys: readonly PensionerKey[],
  channel: ChannelCode,
): Promise<ReadonlySet<string>> {
  return idsOf(
    await tx.execute(sql`
      select wanted.id::text from unnest(${keyArrays(arrays, keys)}) as wanted(bucket, id)
      cross join lateral (
        select from ${certification} c
        where c.bucket = wanted.bucket and c.pensioner_id = wanted.id
          and c.channel = ${channel} and c.state = 'PENDING'
        limit 1) as waiting`),
  );
}

function idsOf(result: unknown): ReadonlySet<string> {
  const { rows } = result as { readonly rows: readonly { readonly id: string }[] };
  return new Set(rows.map(({ id }) => id));
}

/** Which files, by their hexadecimal digest, a client has uploaded. */
export async function readUploaded(
  db: Executor,
  arrays: BulkArrays,
  clientId: string,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  if (digests.length === 0) return new Set();
  const wanted = arrays.bytes(digests.map((digest) => Buffer.from(digest, "hex")));
  const rows = await db
    .select({ sha256: evidenceFile.sha256 })
    .from(evidenceFile)
    .where(and(eq(evidenceFile.clientId, clientId), sql`${evidenceFile.sha256} = any(${wanted})`));
  return new Set(rows.map(({ sha256 }) => sha256.toString("hex")));
}

/** What all certifications of a group have in common. */
export interface SharedColumns {
  readonly clientId: string;
  readonly channel: ChannelCode;
  readonly at: string;
  readonly policyVersion: string;
  readonly employerCode: string;
  readonly reviewDueOn: string;
}

export interface SubmittedRow extends OwnedKey {
  /** Null for what waits for its review. */
  readonly rejection: RejectionCode | null;
  readonly nextChannels: readonly ChannelCode[];
}

export async function insertSubmitted(
  tx: Tx,
  arrays: BulkArrays,
  shared: SharedColumns,
  rows: readonly SubmittedRow[],
): Promise<void> {
  const at = sql`${shared.at}::timestamptz`;
  await tx.execute(sql`
    insert into ${certification} (bucket, pensioner_id, id, client_id, channel, method, actor, state, occurred_at,
      received_at, decided_at, rejection_code, next_channels, policy_version, employer_code, review_due_on)
    select bucket, pensioner_id, id, ${shared.clientId}, ${shared.channel}, 'EMPLOYER_DOCUMENTS', 'EMPLOYER',
      case when rejection is null then 'PENDING' else 'REJECTED' end, ${at}, ${at},
      case when rejection is not null then ${at} end, rejection, string_to_array(next_channels, ','),
      ${shared.policyVersion}, ${shared.employerCode},
      case when rejection is null then ${shared.reviewDueOn}::date end
    from unnest(${keyArrays(arrays, rows)}, ${arrays.uuids(rows.map(({ id }) => id))},
      ${arrays.texts(rows.map(({ rejection }) => rejection))},
      ${arrays.texts(rows.map(({ nextChannels }) => nextChannels.join(",")))})
      as given(bucket, pensioner_id, id, rejection, next_channels)`);
}

export interface SubmittedPiece extends PensionerKey {
  readonly certificationId: string;
  readonly position: number;
  readonly kind: EvidenceKind;
  readonly digest: Buffer;
  readonly factsSealed: Buffer | null;
}

export async function insertPieces(
  tx: Tx,
  arrays: BulkArrays,
  pieces: readonly SubmittedPiece[],
): Promise<void> {
  await tx.execute(sql`
    insert into ${evidence} (bucket, pensioner_id, certification_id, position, kind, digest, facts_sealed)
    select * from unnest(${keyArrays(arrays, pieces)},
      ${arrays.uuids(pieces.map(({ certificationId }) => certificationId))},
      ${arrays.smallints(pieces.map(({ position }) => position))},
      ${arrays.texts(pieces.map(({ kind }) => kind))},
      ${arrays.bytes(pieces.map(({ digest }) => digest))},
      ${arrays.bytes(pieces.map(({ factsSealed }) => factsSealed))})`);
}
