import { sql } from "drizzle-orm";
import { beijingDateOf } from "../domain/calendar.js";
import type { HoldReason, PaymentHold } from "../domain/payment.js";
import { backPayMonth, certification, paymentHold } from "./tables.js";

/** Spelt out: drizzle leaves the table's name off in a select from one table, and the sub-selects would see their own. */
export const owner = sql.raw('"pensioner"."bucket" and pensioner_id = "pensioner"."id"');

export interface BackPaid {
  readonly month: string;
  /** The month whose payment it goes out with. */
  readonly paidWithMonth: string;
}

export interface PendingCertification {
  readonly id: string;
  readonly clientId: string;
  readonly receivedAt: Temporal.Instant;
}

/** What payment follows from besides validity. */
export interface StoredPaymentFacts {
  readonly holds: readonly PaymentHold[];
  /** Released for back-pay, in order. */
  readonly backPay: readonly BackPaid[];
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

interface StoredHold {
  readonly reason: HoldReason;
  readonly from: string;
  readonly resumes: string | null;
  readonly restores: boolean;
  readonly voided: boolean;
  readonly batch: string | null;
  readonly lifeEventId: string | null;
}

/** Sub-selects of a select from `pensioner`. */
export const paymentColumns = {
  holds: sql<StoredHold[] | null>`(
    select json_agg(json_build_object('reason', reason, 'from', from_month, 'resumes', resumes_month,
      'restores', restores, 'voided', voided, 'batch', batch_month, 'lifeEventId', life_event_id)
      order by from_month, id)
    from ${paymentHold} where bucket = ${owner})`,
  backPay: sql<BackPaid[] | null>`(
    select json_agg(json_build_object('month', month, 'paidWithMonth', paid_with_month) order by month)
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
  readonly holds: readonly StoredHold[] | null;
  readonly backPay: readonly BackPaid[] | null;
  readonly reviewed: Reviewed | null;
}): StoredPaymentFacts {
  const pending = (row.reviewed?.pending ?? noOne).map(({ id, clientId, receivedAt }) => ({
    id,
    clientId,
    receivedAt: Temporal.Instant.from(receivedAt),
  }));
  return {
    holds: (row.holds ?? noOne).map(({ reason, from, resumes, restores, voided, batch, lifeEventId }) => ({
      reason,
      fromMonth: Temporal.PlainYearMonth.from(from),
      resumesMonth: resumes === null ? null : Temporal.PlainYearMonth.from(resumes),
      restores,
      voided,
      batchMonth: batch === null ? null : Temporal.PlainYearMonth.from(batch),
      lifeEventId,
    })),
    backPay: row.backPay ?? noOne,
    overpaidMonths: (row.reviewed?.overpaid ?? noOne).flat(),
    pending,
    submittedOn: earliestDay(pending),
  };
}

function earliestDay(pending: readonly PendingCertification[]): Temporal.PlainDate | null {
  const [earliest] = pending.map(({ receivedAt }) => receivedAt).sort(Temporal.Instant.compare);
  return earliest ? beijingDateOf(earliest) : null;
}
