import { type PlannedMessage, planMessages } from "../delivery/outbox.js";
import { beijingDateOf, lastDayOf } from "../domain/calendar.js";
import { sendableFrom } from "../domain/messages.js";
import type { Policy } from "../domain/policy.js";
import { deadlineMonthsRemindedIn, remindersDue } from "../domain/reminders.js";
import { type BulkArrays, bulkArraysFor } from "../storage/bulk-arrays.js";
import type { Database, Tx } from "../storage/database.js";
import { recordEvents } from "../storage/events.js";
import { type PensionerKey, pensionerOpaqueId } from "../storage/ids.js";
import { commitUnawaited, type JobCounts, type JobProgress, type JobRun } from "../storage/job-runs.js";
import { lockPeopleToRemind, type ReminderRow } from "../storage/reminders.js";
import { toDate, todayOf } from "./operation.js";

export interface PlanRemindersContext {
  readonly database: Database;
  /** People in one transaction; fewer on the embedded database, where everything waits behind one. */
  readonly chunkPeople?: number;
}

const CHUNK = { postgresql: 500, embedded: 100 } as const;

/** Where the planning of a month stands: all up to this person of this deadline are done. */
interface Position extends Partial<PensionerKey> {
  readonly validThrough: string;
}

interface ReminderPlan {
  readonly arrays: BulkArrays;
  readonly policy: Policy;
  readonly month: Temporal.PlainYearMonth;
  readonly createdAt: Date;
  readonly dueAt: Date;
}

/**
 * R1, R7: writes the reminders of a month, the run's period, into the outbox: chunk by chunk, deadline by deadline, the
 * nearest first. May be killed anywhere and started again: the run remembers where it was, and a message is written once.
 */
export async function planReminders(context: PlanRemindersContext, run: JobRun): Promise<JobCounts> {
  const { database } = context;
  const { policy } = todayOf(run.now);
  const month = Temporal.PlainYearMonth.from(run.period);
  const plan: ReminderPlan = {
    arrays: bulkArraysFor(database.kind),
    policy,
    month,
    createdAt: toDate(run.now),
    dueAt: toDate(sendableFrom("REMINDER", run.now, policy)),
  };
  const chunk = context.chunkPeople ?? CHUNK[database.kind];
  const days = deadlineMonthsRemindedIn(month, policy).map((deadline) => lastDayOf(deadline).toString());
  let progress = run.resumed;
  const resumed = progress.cursor as Position | null;
  for (const validThrough of days.slice(resumed ? days.indexOf(resumed.validThrough) : 0)) {
    for (let people = chunk; people === chunk; ) {
      if (run.signal.aborted) return progress.counts;
      const after = positionIn(progress, validThrough);
      const next = await database.transact(async (tx) => {
        await run.fence(tx);
        await commitUnawaited(tx);
        const rows = await lockPeopleToRemind(tx, validThrough, after, chunk);
        const advanced = advance(progress, validThrough, rows, await remind(tx, plan, validThrough, rows));
        await run.advance(tx, advanced);
        return { advanced, people: rows.length };
      });
      progress = next.advanced;
      people = next.people;
    }
  }
  return progress.counts;
}

function positionIn({ cursor }: JobProgress, validThrough: string): PensionerKey | null {
  const position = cursor as Position | null;
  if (position?.validThrough !== validThrough) return null;
  const { bucket, pensionerId } = position;
  return bucket === undefined || pensionerId === undefined ? null : { bucket, pensionerId };
}

function advance(
  before: JobProgress,
  validThrough: string,
  rows: readonly ReminderRow[],
  written: JobCounts,
): JobProgress {
  const last = rows.at(-1) ?? positionIn(before, validThrough);
  const counts = { ...before.counts };
  for (const [name, count] of Object.entries(written)) counts[name] = (counts[name] ?? 0) + count;
  return {
    done: before.done + rows.length,
    total: null,
    cursor: { validThrough, ...(last && { bucket: last.bucket, pensionerId: last.pensionerId }) },
    counts,
  };
}

/** R1: the messages of one chunk, and one event for each person whose reminder is new. */
async function remind(
  tx: Tx,
  plan: ReminderPlan,
  validThrough: string,
  rows: readonly ReminderRow[],
): Promise<JobCounts> {
  const { arrays, month, createdAt, dueAt } = plan;
  const deadline = Temporal.PlainDate.from(validThrough);
  const planned = rows.flatMap((row) => messagesFor(plan, deadline, row));
  const common = {
    kind: "REMINDER" as const,
    month: month.toString(),
    createdAt,
    dueAt,
    aboutValidThrough: validThrough,
  };
  const written = await planMessages(tx, arrays, common, planned);
  const reminded = written.filter(({ recipient }) => recipient === "PENSIONER");
  await recordEvents(
    tx,
    arrays,
    reminded.map(({ bucket, pensionerId }) => ({
      bucket,
      pensionerId,
      type: "certification.due" as const,
      subjectId: pensionerOpaqueId({ bucket, pensionerId }),
      at: createdAt,
    })),
  );
  return {
    people: rows.length,
    pensioners: reminded.length,
    employers: written.length - reminded.length,
  };
}

function messagesFor(
  { policy, month }: ReminderPlan,
  validThrough: Temporal.PlainDate,
  row: ReminderRow,
): PlannedMessage[] {
  const { bucket, pensionerId, employerCode, deathReported, submittedAt } = row;
  const submittedOn = submittedAt === null ? null : beijingDateOf(Temporal.Instant.from(submittedAt));
  const recipients = remindersDue({ validThrough, employerCode, deathReported, submittedOn }, month, policy);
  return recipients.map((recipient) => ({
    bucket,
    pensionerId,
    recipient,
    hasPhone: recipient === "PENSIONER" ? row.hasPhone : row.employerHasPhone,
  }));
}
