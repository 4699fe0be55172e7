import { and, eq, sql } from "drizzle-orm";
import { beijingDateOf } from "../domain/calendar.js";
import type { BackPay, HoldReason, PaymentHold } from "../domain/payment.js";
import type { Tx } from "./database.js";
import type { PensionerKey } from "./ids.js";
import { backPayMonth, certification, paymentHold, pensioner } from "./tables.js";

/** Spelt out: drizzle leaves the table's name off in a select from one table, and the sub-selects would see their own. */
export const owner = sql.raw('"pensioner"."bucket" and pensioner_id = "pensioner"."id"');

export interface PendingCertification {
  readonly id: string;
  readonly clientId: string;
  readonly receivedAt: Temporal.Instant;
}

/** A hold as it is stored. */
export interface StoredHold extends PaymentHold {
  readonly id: string;
  readonly voided: boolean;
  readonly certificationId: string | null;
  readonly lifeEventId: string | null;
  /** The Beijing day on which it ended, which may lie after the month from which payment goes on. */
  readonly closedOn: Temporal.PlainDate | null;
}

export interface StoredBackPay extends BackPay {
  /** The pass that released it, if it was one. */
  readonly certificationId: string | null;
}

/** What payment and suspension follow from. */
export interface StoredPaymentFacts {
  readonly holds: readonly StoredHold[];
  /** Released for back-pay, in order. */
  readonly backPay: readonly StoredBackPay[];
  /** E9: of all passes revoked. */
  readonly overpaidMonths: readonly string[];
  /** E6: under review, latest first. */
  readonly pending: readonly PendingCertification[];
  /** P3: the Beijing day of the earliest of them. */
  readonly submittedOn: Temporal.PlainDate | null;
}

interface Reviewed {
  readonly pending: readonly { id: string; clientId: string; receivedAt: string }[] | null;
  readonly overpaid: readonly (readonly string[])[] | null;
}

interface HoldJson {
  readonly id: string;
  readonly reason: HoldReason;
  readonly from: string;
  readonly resumes: string | null;
  readonly restores: boolean;
  readonly voided: boolean;
  readonly final: boolean;
  readonly batch: string | null;
  readonly pass: string | null;
  readonly lifeEvent: string | null;
  readonly closed: string | null;
}

interface BackPayJson {
  readonly month: string;
  readonly paidWithMonth: string;
  readonly pass: string | null;
}

/** Sub-selects of a select from `pensioner`. */
export const paymentColumns = {
  holds: sql<HoldJson[] | null>`(
    select json_agg(json_build_object('id', id, 'reason', reason, 'from', from_month, 'resumes', resumes_month,
      'restores', restores, 'voided', voided, 'final', final, 'batch', batch_month, 'pass', certification_id,
      'lifeEvent', life_event_id, 'closed', closed_at) order by from_month, id)
    from ${paymentHold} where bucket = ${owner})`,
  backPay: sql<BackPayJson[] | null>`(
    select json_agg(json_build_object('month', month, 'paidWithMonth', paid_with_month, 'pass', certification_id) order by month)
    from ${backPayMonth} where bucket = ${owner})`,
  reviewed: sql<Reviewed | null>`(
    select json_build_object(
      'pending', json_agg(json_build_object('id', id, 'clientId', client_id, 'receivedAt', received_at) order by id desc)
        filter (where state = 'PENDING'),
      'overpaid', json_agg(overpaid_months) filter (where cardinality(overpaid_months) > 0))
    from ${certification} where bucket = ${owner} and state in ('PENDING', 'REVOKED'))`,
};

const noOne: readonly never[] = [];

export function toPaymentFacts(row: {
  readonly holds: readonly HoldJson[] | null;
  readonly backPay: readonly BackPayJson[] | null;
  readonly reviewed: Reviewed | null;
}): StoredPaymentFacts {
  const pending = (row.reviewed?.pending ?? noOne).map(({ id, clientId, receivedAt }) => ({
    id,
    clientId,
    receivedAt: Temporal.Instant.from(receivedAt),
  }));
  return {
    holds: row.holds?.map(toHold) ?? noOne,
    backPay: row.backPay?.map(toBackPay) ?? noOne,
    overpaidMonths: (row.reviewed?.overpaid ?? noOne).flat(),
    pending,
    submittedOn: earliestDay(pending),
  };
}

/** The same of one person, as it stands now in a transaction. */
export async function readPaymentFacts(tx: Tx, key: PensionerKey): Promise<StoredPaymentFacts> {
  const [row] = await tx
    .select(paymentColumns)
    .from(pensioner)
    .where(and(eq(pensioner.bucket, key.bucket), eq(pensioner.id, key.pensionerId)));
  if (!row) throw new Error("there is no such person");
  return toPaymentFacts(row);
}

function toHold({ id, reason, restores, voided, final, ...hold }: HoldJson): StoredHold {
  return {
    id,
    reason,
    restores,
    voided,
    final,
    fromMonth: Temporal.PlainYearMonth.from(hold.from),
    resumesMonth: monthOrNull(hold.resumes),
    batchMonth: monthOrNull(hold.batch),
    certificationId: hold.pass,
    lifeEventId: hold.lifeEvent,
    closedOn: hold.closed === null ? null : beijingDateOf(Temporal.Instant.from(hold.closed)),
  };
}

function monthOrNull(text: string | null): Temporal.PlainYearMonth | null {
  return text === null ? null : Temporal.PlainYearMonth.from(text);
}

function toBackPay({ month, paidWithMonth, pass }: BackPayJson): StoredBackPay {
  return {
    month: Temporal.PlainYearMonth.from(month),
    paidWithMonth: Temporal.PlainYearMonth.from(paidWithMonth),
    certificationId: pass,
  };
}

function earliestDay(pending: readonly PendingCertification[]): Temporal.PlainDate | null {
  const [earliest] = pending.map(({ receivedAt }) => receivedAt).sort(Temporal.Instant.compare);
  return earliest ? beijingDateOf(earliest) : null;
}
