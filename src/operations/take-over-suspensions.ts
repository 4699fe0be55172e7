import { beijingDateOf, isBeforeMonth } from "../domain/calendar.js";
import { firstUnpaidMonth } from "../domain/payment.js";
import type { BulkArrays } from "../storage/bulk-arrays.js";
import type { Tx } from "../storage/database.js";
import type { PensionerKey } from "../storage/ids.js";
import { lockPensioner } from "../storage/locked-pensioner.js";
import { deleteHold, insertHolds, readSuspendedAmong } from "../storage/payments.js";
import { readLatestAppliedMonth } from "../storage/suspension-batches.js";
import { todayOf } from "./operation.js";
import { liftSuspensions } from "./payment-holds.js";

interface Registered {
  readonly key: PensionerKey;
  readonly validThrough: string;
}

interface Registering {
  readonly tx: Tx;
  readonly arrays: BulkArrays;
  readonly at: Temporal.Instant;
}

/**
 * P1, P3: who was overdue when the register first named them had been suspended by the one who kept it, and that is taken
 * over: up to the latest month whose batch was applied here, or the present month before the first one. Later months go
 * through a batch like everyone's.
 */
export async function takeOverSuspensions(
  { tx, arrays, at }: Registering,
  persons: readonly Registered[],
): Promise<void> {
  const overdue = persons
    .map(({ key, validThrough }) => ({ key, fromMonth: unpaidFrom(validThrough) }))
    .filter(({ fromMonth }) => !isBeforeMonth(beijingDateOf(at), fromMonth));
  if (overdue.length === 0) return;
  const latest = await readLatestAppliedMonth(tx);
  const taken = overdue.filter(({ fromMonth }) => !latest || !isBeforeMonth(latest, fromMonth));
  const holds = taken.map(({ key, fromMonth }) => ({
    ...key,
    reason: "NOT_CERTIFIED" as const,
    fromMonth: fromMonth.toString(),
    batchMonth: null,
  }));
  await insertHolds(tx, arrays, holds, new Date(at.epochMilliseconds));
}

/**
 * P2: a certification that the register knows of and this service did not lifts a suspension like any other. What an
 * earlier line of the same register had suspended was not so before: it is taken over anew.
 */
export async function liftByRegister(
  registering: Registering,
  persons: readonly Registered[],
): Promise<void> {
  if (persons.length === 0) return;
  const { tx, arrays, at } = registering;
  const suspended = await readSuspendedAmong(
    tx,
    arrays,
    persons.map(({ key }) => key),
  );
  const time = todayOf(at);
  const anew = new Set<string>();
  for (const hold of suspended) {
    if (hold.openedAt.getTime() === at.epochMilliseconds) {
      await deleteHold(tx, hold);
      anew.add(hold.pensionerId);
      continue;
    }
    const person = await lockPensioner(tx, hold);
    const certifiedOn = person?.validity.lastCertifiedOn;
    if (!person || !certifiedOn) continue;
    const { validThrough } = person.validity;
    const pass = { validThrough, decidedBy: certifiedOn, passedOn: time.today };
    await liftSuspensions(tx, person, { ...pass, certificationId: null, time });
  }
  await takeOverSuspensions(
    registering,
    persons.filter(({ key }) => anew.has(key.pensionerId)),
  );
}

function unpaidFrom(validThrough: string): Temporal.PlainYearMonth {
  return firstUnpaidMonth(Temporal.PlainDate.from(validThrough));
}
