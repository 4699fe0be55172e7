import { getTableColumns, getTableName, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { parseName } from "../domain/person-name.js";
import {
  documentIndexes,
  helperIndexes,
  nameIndexes,
  phoneIndexes,
  sourceReferenceIndexes,
} from "./pensioner-index.js";
import { places, type Sealing } from "./sealing.js";
import {
  certification,
  certificationSession,
  channelClient,
  contactTask,
  employerContact,
  evidence,
  helperPensioner,
  homeVisit,
  idempotencyKey,
  identityDocument,
  lifeEvent,
  message,
  pensioner,
  reviewCase,
  usedClientAssertion,
  webhookEndpoint,
} from "./tables.js";

/**
 * Every column that holds something made under a key of the key file, in one place: the rotation of keys walks these and
 * nothing else. A test compares the list with the tables.
 */

/** What a row's index must be, under every version at hand, the current one first; null when its plain value is gone. */
type IndexesOf<R> = (sealing: Sealing, row: R) => readonly Buffer[] | null;

interface Columns<R> {
  /** The place that a column's value is bound to. */
  readonly sealed?: { readonly [K in keyof R & string]?: (row: R) => string };
  readonly indexed?: { readonly [K in keyof R & string]?: IndexesOf<R> };
}

/** A row as it is read; which fields it has is known where its table is listed. */
export type AnyRow = Readonly<Record<string, unknown>>;

export interface SealedColumn {
  readonly field: string;
  readonly column: PgColumn;
  place(row: AnyRow): string;
}

export interface IndexedColumn {
  readonly field: string;
  readonly column: PgColumn;
  indexesOf(sealing: Sealing, row: AnyRow): readonly Buffer[] | null;
}

/** A table whose rows belong to pensioners: what its sealed values say can be read, and its indexes be made anew. */
export interface OwnedTable {
  readonly name: string;
  readonly table: PgTable;
  readonly bucket: PgColumn;
  readonly pensionerId: PgColumn;
  readonly fields: Readonly<Record<string, PgColumn | SQL>>;
  readonly sealed: readonly SealedColumn[];
  readonly indexed: readonly IndexedColumn[];
}

function owned<T extends PgTable, E extends object = object>(
  table: T,
  { sealed = {}, indexed = {} }: Columns<T["$inferSelect"] & E>,
  more: { readonly [K in keyof E]: SQL } = {} as never,
): OwnedTable {
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table);
  const named = (field: string) => {
    const column = columns[field];
    if (!column) throw new Error(`${getTableName(table)} has no ${field}`);
    return column;
  };
  return {
    name: getTableName(table),
    table,
    bucket: named("bucket"),
    pensionerId: named(columns["pensionerId"] ? "pensionerId" : "id"),
    fields: { ...columns, ...(more as Readonly<Record<string, SQL>>) },
    sealed: Object.entries(sealed as Record<string, SealedColumn["place"]>).map(([field, place]) => ({
      field,
      column: named(field),
      place,
    })),
    indexed: Object.entries(indexed as Record<string, IndexedColumn["indexesOf"]>).map(
      ([field, indexesOf]) => ({ field, column: named(field), indexesOf }),
    ),
  };
}

const personOfTask = sql.raw('bucket = "contact_task"."bucket" and id = "contact_task"."pensioner_id"');
const ofCertification = sql.raw(
  `bucket = "certification"."bucket" and pensioner_id = "certification"."pensioner_id"
    and certification_id = "certification"."id" and kind = 'DATA_SOURCE'`,
);

export const ownedTables: readonly OwnedTable[] = [
  owned(pensioner, {
    sealed: {
      nameSealed: ({ id }) => places.pensionerName(id),
      phoneSealed: ({ id }) => places.pensionerPhone(id),
    },
    indexed: {
      nameIndex: (sealing, { id, nameSealed }) => {
        const name = parseName(sealing.open(nameSealed, places.pensionerName(id)));
        return name.ok ? nameIndexes(sealing, id, name.comparable) : null;
      },
      phoneIndex: (sealing, { id, phoneSealed }) =>
        phoneSealed && phoneIndexes(sealing, sealing.open(phoneSealed, places.pensionerPhone(id))),
    },
  }),
  owned(identityDocument, {
    sealed: { numberSealed: ({ pensionerId }) => places.documentNumber(pensionerId) },
    indexed: {
      blindIndex: (sealing, { pensionerId, type, numberSealed }) => {
        const number = sealing.open(numberSealed, places.documentNumber(pensionerId));
        return documentIndexes(sealing, { type, number });
      },
    },
  }),
  owned(certificationSession, {
    sealed: {
      contactPhoneSealed: ({ id }) => places.sessionPhone(id),
      helperNameSealed: ({ id }) => places.sessionHelperName(id),
      helperNumberSealed: ({ id }) => places.sessionHelperNumber(id),
      helperPhoneSealed: ({ id }) => places.sessionHelperPhone(id),
    },
    indexed: {
      helperIndex: (sealing, { id, helperDocumentType: type, helperNumberSealed }) => {
        if (!type || !helperNumberSealed) return null;
        const number = sealing.open(helperNumberSealed, places.sessionHelperNumber(id));
        return helperIndexes(sealing, { type, number });
      },
    },
  }),
  owned<typeof certification, { facts: Buffer | null; factsAt: number | null }>(
    certification,
    {
      sealed: {
        operatorSealed: ({ id }) => places.certificationOperator(id),
        decisionReasonSealed: ({ id }) => places.certificationReason(id),
        helperNameSealed: ({ id }) => places.certificationHelperName(id),
        helperNumberSealed: ({ id }) => places.certificationHelperNumber(id),
      },
      indexed: {
        // E7: the reference stands in what was read off the source.
        sourceReferenceIndex: (sealing, { id, facts, factsAt }) => {
          if (!facts || factsAt === null) return null;
          const read: unknown = JSON.parse(sealing.open(facts, places.evidenceFacts(id, factsAt)));
          const reference = (read as { sourceReference?: unknown }).sourceReference;
          return typeof reference === "string" ? sourceReferenceIndexes(sealing, reference) : null;
        },
      },
    },
    {
      facts: sql`(select facts_sealed from ${evidence} where ${ofCertification} limit 1)`.mapWith(
        evidence.factsSealed,
      ),
      factsAt: sql`(select position from ${evidence} where ${ofCertification} limit 1)`,
    },
  ),
  owned(evidence, {
    sealed: {
      factsSealed: ({ certificationId, position }) => places.evidenceFacts(certificationId, position),
    },
  }),
  owned(homeVisit, {
    sealed: {
      addressSealed: ({ id }) => places.homeVisitAddress(id),
      contactNameSealed: ({ id }) => places.homeVisitContactName(id),
      contactPhoneSealed: ({ id }) => places.homeVisitContactPhone(id),
      visitorNameSealed: ({ id }) => places.homeVisitVisitor(id),
      closingReasonSealed: ({ id }) => places.homeVisitReason(id),
    },
  }),
  loose(lifeEvent, {
    sealed: {
      nameSealed: ({ id }) => places.lifeEventName(id),
      documentSealed: ({ id }) => places.lifeEventDocument(id),
      sourceReferenceSealed: ({ id }) => places.lifeEventSourceReference(id),
      reasonSealed: ({ id }) => places.lifeEventReason(id),
    },
    indexed: {
      sourceReferenceIndex: (sealing, { id, sourceReferenceSealed }) =>
        sourceReferenceIndexes(
          sealing,
          sealing.open(sourceReferenceSealed, places.lifeEventSourceReference(id)),
        ),
    },
  }),
  owned(reviewCase, { sealed: { reasonSealed: ({ id }) => places.reviewCaseReason(id) } }),
  owned(message, {
    sealed: {
      phoneSealed: ({ id }) => places.messagePhone(id),
      bodySealed: ({ id }) => places.messageBody(id),
    },
  }),
  owned<typeof contactTask, { personPhone: Buffer | null }>(
    contactTask,
    {
      indexed: {
        // R6: a phone is kept with the person alone. One that the person no longer has is looked for no more: its index
        // is made from its own bytes, which keeps rows apart and finds nothing.
        phoneIndex: (sealing, { pensionerId, personPhone, phoneIndex }) => {
          const place = places.pensionerPhone(pensionerId);
          const indexes = personPhone && phoneIndexes(sealing, sealing.open(personPhone, place));
          if (indexes?.some((index) => index.equals(phoneIndex))) return indexes;
          return [sealing.index("phone", `former|${phoneIndex.toString("hex")}`), phoneIndex];
        },
      },
    },
    {
      personPhone: sql`(select phone_sealed from ${pensioner} where ${personOfTask})`.mapWith(
        pensioner.phoneSealed,
      ),
    },
  ),
];

/** A small table whose rows belong to no person: nothing but the row itself is locked while a value is replaced. */
export interface UnownedTable {
  readonly name: string;
  readonly table: PgTable;
  readonly id: PgColumn;
  readonly sealed: readonly SealedColumn[];
}

export const unownedTables: readonly UnownedTable[] = [
  {
    name: getTableName(employerContact),
    table: employerContact,
    id: employerContact.employerCode,
    sealed: [
      {
        column: employerContact.phoneSealed,
        field: "phoneSealed",
        place: (row) => places.employerPhone((row["employerCode"] ?? row["id"]) as string),
      },
    ],
  },
  {
    name: getTableName(webhookEndpoint),
    table: webhookEndpoint,
    id: webhookEndpoint.id,
    sealed: [
      sealedById(webhookEndpoint.secretSealed, "secretSealed", places.webhookSecret),
      sealedById(webhookEndpoint.signingKeySealed, "signingKeySealed", places.webhookSigningKey),
      sealedById(webhookEndpoint.previousSecretSealed, "previousSecretSealed", places.webhookPreviousSecret),
      sealedById(
        webhookEndpoint.previousSigningKeySealed,
        "previousSigningKeySealed",
        places.webhookPreviousSigningKey,
      ),
    ],
  },
];

/** Rows that belong to no person of the register are walked by their own buckets and ids. */
function loose<T extends PgTable>(table: T, columns: Columns<T["$inferSelect"]>): OwnedTable {
  const listed = owned(table, columns);
  const { id, pensionerId: _, ...fields } = listed.fields;
  return { ...listed, pensionerId: id as PgColumn, fields: { id: id as PgColumn, ...fields } };
}

function sealedById(column: PgColumn, field: string, place: (id: string) => string): SealedColumn {
  return { column, field, place: (row) => place(row["id"] as string) };
}

/** Files that are handed in as evidence lie sealed in the evidence store, not in a column. */
export const evidenceFiles = { name: "evidence files", place: places.evidenceFile } as const;

/**
 * Reasons for showing an identity stand sealed in the audit chains, whose entries are never written again: their sealing
 * version cannot be retired while they are kept.
 */
export const auditReason = {
  name: "audit_entry.entry",
  until: "reasons in the audit chains, which are never written again",
  places: [places.identityRevealReason],
  where: sql`entry like '%"reasonSealed":"%'`,
  version: sql<number>`get_byte(decode(entry::jsonb ->> 'reasonSealed', 'base64'), 0)`,
} as const;

/** An index whose plain value the service never sees again. */
export interface SpentIndex {
  readonly table: PgTable;
  readonly column: PgColumn;
  /** Which rows still need their version. */
  neededAt(now: Temporal.Instant): SQL;
  /** Why a row needs it, and what ends that. */
  readonly until: string;
  /** What becomes of rows that a version is retired from. */
  readonly afterwards: "delete" | "empty" | "leave";
}

/**
 * A write may be sent again for so long, whatever becomes of index keys. The longest backlog of a channel is seven days
 * (V6), and a repeated start or completion finds its session closed.
 */
export const IDEMPOTENCY_DAYS = 30;

function idempotent(column: PgColumn): SpentIndex {
  return {
    table: idempotencyKey,
    column,
    neededAt: (now) =>
      sql`created_at > ${now.subtract({ hours: 24 * IDEMPOTENCY_DAYS }).toString()}::timestamptz`,
    until: `writes may be repeated for ${IDEMPOTENCY_DAYS} days`,
    afterwards: "delete",
  };
}

/** C1: the helper's month, in Beijing. */
const monthOf = (now: Temporal.Instant) =>
  now.toZonedDateTimeISO("Asia/Shanghai").toPlainDate().toPlainYearMonth().toString();

export const spentIndexes: readonly SpentIndex[] = [
  {
    table: helperPensioner,
    column: helperPensioner.helperIndex,
    neededAt: (now) => sql`month >= ${monthOf(now)}::text`,
    until: "a helper's limit counts until the month ends",
    afterwards: "delete",
  },
  idempotent(idempotencyKey.keyIndex),
  idempotent(idempotencyKey.inputIndex),
  {
    table: channelClient,
    column: channelClient.secretIndex,
    neededAt: () => sql`disabled_at is null`,
    until: "renewed when the client next signs in; else rotate its secret or disable it",
    afterwards: "leave",
  },
  {
    table: channelClient,
    column: channelClient.previousSecretIndex,
    neededAt: () => sql`disabled_at is null and previous_secret_until > now()`,
    until: "renewed when it is next used, or over when its time is",
    afterwards: "empty",
  },
  {
    table: usedClientAssertion,
    column: usedClientAssertion.assertion,
    neededAt: () => sql`expires_at > now()`,
    until: "remembered for an hour at most",
    afterwards: "delete",
  },
];
