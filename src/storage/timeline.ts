import { type SQL, sql } from "drizzle-orm";
import { type TimelineEntryKind, type TimelineFacts, timelineEntryKinds } from "../domain/timeline.js";
import type { Executor } from "./database.js";
import { type IdKind, lifeEventOpaqueId, type OwnedKey, ownedOpaqueId, type PensionerKey } from "./ids.js";
import * as tables from "./tables.js";

export interface TimelineRecord extends TimelineFacts {
  /** ISO, in milliseconds. */
  readonly at: string;
  /** With instant and kind the place in the order. */
  readonly id: string;
  readonly actor: string | null;
  readonly policyVersion: string | null;
  readonly subjectId: string | null;
}

export interface TimelinePage {
  readonly limit: number;
  /** Continue behind this instant, kind and id. */
  readonly after: readonly [string, TimelineEntryKind, string] | null;
}

type SubjectKind = Exclude<IdKind, "pensioner">;

/** Where entries of a kind come from; columns in SQL over `from`, which holds the rows of one person. */
interface Source {
  readonly kind: TimelineEntryKind;
  readonly from: SQL;
  readonly at: string;
  readonly id?: string;
  readonly when?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly code?: string;
  readonly about?: string;
  readonly policy?: string;
}

/** One statement; of each kind no more rows than the page has are looked at. Newest first. */
export async function readTimeline(
  db: Executor,
  key: PensionerKey,
  page: TimelinePage,
): Promise<TimelineRecord[]> {
  const branches = sourcesOf(key).map((source) => branchOf(source, page));
  const { rank, id, actor, policy, subject, code, about } = {
    rank: sql<number>`rank`,
    id: sql<string>`id`,
    actor: sql<string | null>`actor`,
    policy: sql<string | null>`policy`,
    subject: sql<string | null>`subject`,
    code: sql<string | null>`code`,
    about: sql<string | null>`about`,
  };
  const at = sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const rows = await db
    .select({ at, rank, id, actor, policy, subject, code, about })
    .from(sql`(${sql.join(branches, sql` union all `)}) as entry`)
    .orderBy(sql`entry.at desc, rank desc, id desc`)
    .limit(page.limit);
  return rows.map((row) => {
    const kind = timelineEntryKinds[row.rank];
    if (!kind) throw new Error("a timeline entry of no kind");
    const subjectKind = subjectKinds.get(kind);
    return {
      kind,
      at: row.at,
      id: row.id,
      actor: row.actor,
      policyVersion: row.policy,
      code: row.code,
      about: row.about,
      subjectId: row.subject && subjectKind ? opaqueIdOf(subjectKind, { ...key, id: row.subject }) : null,
    };
  });
}

function opaqueIdOf(kind: SubjectKind, key: OwnedKey): string {
  return kind === "lifeEvent" ? lifeEventOpaqueId(key) : ownedOpaqueId(kind, key);
}

function branchOf(source: Source, { limit, after }: TimelinePage): SQL {
  const at = sql.raw(source.at);
  const id = sql.raw(`(${source.id ?? "id::text"}) collate "C"`);
  const rank = timelineEntryKinds.indexOf(source.kind);
  const column = (text: string | undefined) => sql.raw(`(${text ?? "null"})::text`);
  // Behind the cursor: an earlier instant, or at its instant an earlier kind, or of its kind an earlier id.
  const behind =
    after === null
      ? sql``
      : sql`and (${at}, ${sql.raw(String(rank))}, ${id}) < (${after[0]}::timestamptz, ${timelineEntryKinds.indexOf(after[1])}::int, ${after[2]}::text)`;
  return sql`(select ${at} as at, ${sql.raw(String(rank))} as rank, ${id} as id, ${column(source.actor)} as actor,
    ${column(source.policy)} as policy, ${column(source.subject)} as subject, ${column(source.code)} as code,
    ${column(source.about)} as about
    from ${source.from} where ${at} is not null and ${sql.raw(source.when ?? "true")} ${behind}
    order by 1 desc, 3 desc limit ${limit}::int)`;
}

const subjectKinds: ReadonlyMap<TimelineEntryKind, SubjectKind> = new Map<TimelineEntryKind, SubjectKind>([
  ["HOME_VISIT_REQUESTED", "homeVisit"],
  ["HOME_VISIT_UPDATED", "homeVisit"],
  ["SESSION_STARTED", "session"],
  ["SESSION_CANCELLED", "session"],
  ["CERTIFICATION_SUBMITTED", "certification"],
  ["CERTIFICATION_DECIDED", "certification"],
  ["CERTIFICATION_REVOKED", "certification"],
  ["REVIEW_CASE_OPENED", "reviewCase"],
  ["REVIEW_CASE_CLOSED", "reviewCase"],
  ["PAYMENT_HOLD_CLOSED", "certification"],
  ["BACK_PAY_RELEASED", "certification"],
  ["CONTACT_TASK_OPENED", "contactTask"],
  ["CONTACT_TASK_CLOSED", "contactTask"],
  ["LIFE_EVENT_REPORTED", "lifeEvent"],
  ["LIFE_EVENT_UPDATED", "lifeEvent"],
]);

function sourcesOf(key: PensionerKey): Source[] {
  const own = (table: unknown) =>
    sql`(select * from ${table} where bucket = ${key.bucket}::smallint and pensioner_id = ${key.pensionerId}::uuid) as own`;
  const certifications = { from: own(tables.certification), subject: "id", policy: "policy_version" };
  const sessions = {
    from: own(tables.certificationSession),
    subject: "id",
    actor: "client_id",
    code: "channel",
  };
  const visits = { from: own(tables.homeVisit), subject: "id" };
  const lifeEvents = {
    from: sql`(select * from ${tables.lifeEvent}
      where person_bucket = ${key.bucket}::smallint and pensioner_id = ${key.pensionerId}::uuid) as own`,
    subject: "id",
    actor: "client_id",
  };
  const cases = { from: own(tables.reviewCase), subject: "id" };
  const candidates = {
    from: sql`(select c.month, c.state, c.decided_at, b.proposed_at, b.approved_by, b.policy_version
      from ${tables.suspensionCandidate} c join ${tables.suspensionBatch} b on b.month = c.month
      where c.bucket = ${key.bucket}::smallint and c.pensioner_id = ${key.pensionerId}::uuid) as own`,
    id: "month",
    policy: "policy_version",
  };
  const holds = { from: own(tables.paymentHold), code: "reason" };
  const tasks = { from: own(tables.contactTask), subject: "id", code: "reason" };
  const messages = {
    from: own(tables.message),
    code: "kind",
    about: "case recipient when 'EMPLOYER' then 'EMPLOYER_CONTACT' else recipient end",
  };
  return [
    {
      kind: "REGISTERED",
      from: sql`(select id, created_at from ${tables.pensioner}
        where bucket = ${key.bucket}::smallint and id = ${key.pensionerId}::uuid) as own`,
      at: "created_at",
    },
    { kind: "LOOKED_UP", from: own(tables.accessLog), at: "at", actor: "client_id", code: "operation" },
    { kind: "LIFE_EVENT_REPORTED", ...lifeEvents, at: "reported_at", code: "kind", about: "outcome" },
    {
      kind: "LIFE_EVENT_UPDATED",
      ...lifeEvents,
      at: "updated_at",
      when: "state <> 'ACTIVE'",
      actor: "coalesce(decided_by, client_id)",
      code: "kind",
      about: "state",
    },
    { kind: "HOME_VISIT_REQUESTED", ...visits, at: "requested_at", actor: "client_id", code: "reason" },
    {
      kind: "HOME_VISIT_UPDATED",
      ...visits,
      at: "updated_at",
      when: "state <> 'REQUESTED'",
      code: "state",
      about: "case when state = 'SCHEDULED' then visit_on end",
    },
    { kind: "SESSION_STARTED", ...sessions, at: "started_at" },
    // Of a session cancelled before its end was kept, its expiry is the latest that it can have been.
    {
      kind: "SESSION_CANCELLED",
      ...sessions,
      at: "coalesce(closed_at, expires_at)",
      when: "state = 'CANCELLED'",
    },
    {
      kind: "CERTIFICATION_SUBMITTED",
      ...certifications,
      at: "received_at",
      actor: "client_id",
      code: "channel",
    },
    {
      kind: "CERTIFICATION_DECIDED",
      ...certifications,
      at: "case when state = 'REVOKED' then passed_at else decided_at end",
      actor: "case when state = 'REVOKED' then passed_by else decided_by end",
      code: "case when state = 'REVOKED' then 'PASSED' else state end",
      about: "case when rejection_code is null then 'THROUGH ' || valid_through else rejection_code end",
    },
    {
      kind: "CERTIFICATION_REVOKED",
      ...certifications,
      at: "decided_at",
      when: "state = 'REVOKED'",
      actor: "decided_by",
      about: "array_to_string(overpaid_months, ' ')",
    },
    { kind: "REVIEW_CASE_OPENED", ...cases, at: "opened_at", code: "kind" },
    {
      kind: "REVIEW_CASE_CLOSED",
      ...cases,
      at: "closed_at",
      actor: "decided_by",
      code: "kind",
      about: "decision",
    },
    { kind: "SUSPENSION_PROPOSED", ...candidates, at: "proposed_at", about: "month" },
    {
      kind: "SUSPENSION_DECIDED",
      ...candidates,
      at: "decided_at",
      when: "state <> 'PROPOSED'",
      actor: "approved_by",
      code: "state",
      about: "month",
    },
    { kind: "PAYMENT_HOLD_OPENED", ...holds, at: "opened_at", about: "'FROM ' || from_month" },
    {
      kind: "PAYMENT_HOLD_CLOSED",
      ...holds,
      at: "closed_at",
      subject: "certification_id",
      about: "case when voided then 'VOIDED_HOLD' else 'RESUMES ' || resumes_month end",
    },
    backPayOf(key),
    { kind: "CONTACT_TASK_OPENED", ...tasks, at: "opened_at" },
    { kind: "CONTACT_TASK_CLOSED", ...tasks, at: "closed_at" },
    { kind: "MESSAGE_PLANNED", ...messages, at: "created_at" },
    { kind: "MESSAGE_SENT", ...messages, at: "sent_at" },
    { kind: "MESSAGE_DELIVERED", ...messages, at: "settled_at", when: "state = 'DELIVERED'" },
    { kind: "MESSAGE_FAILED", ...messages, at: "settled_at", when: "state = 'FAILED'" },
    {
      kind: "MESSAGE_CANCELLED",
      ...messages,
      at: "coalesce(settled_at, created_at)",
      when: "state in ('CANCELLED', 'NO_PHONE')",
    },
  ];
}

/** P4: released when the hold closed that stood in the way; of a release without one, when its payment's month began. */
function backPayOf(key: PensionerKey): Source {
  const { backPayMonth, paymentHold } = tables;
  const closed = (which: string) =>
    sql`(select max(h.closed_at) from ${paymentHold} h
      where h.bucket = b.bucket and h.pensioner_id = b.pensioner_id and ${sql.raw(which)})`;
  return {
    kind: "BACK_PAY_RELEASED",
    from: sql`(select at, paid_with_month, certification_id, min(month) as first_month, string_agg(month, ' ' order by month) as months
      from (select b.month, b.paid_with_month, b.certification_id, coalesce(
          ${closed("h.certification_id = b.certification_id")},
          ${closed("h.resumes_month = b.paid_with_month")},
          ((b.paid_with_month || '-01')::timestamp at time zone 'Asia/Shanghai')) as at
        from ${backPayMonth} b
        where b.bucket = ${key.bucket}::smallint and b.pensioner_id = ${key.pensionerId}::uuid) as released
      group by at, paid_with_month, certification_id) as own`,
    at: "at",
    id: "first_month",
    subject: "certification_id",
    about: "months || ' WITH ' || paid_with_month",
  };
}
