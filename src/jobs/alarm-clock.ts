import { fromPglite, PgBoss } from "pg-boss";
import { BEIJING_TIME_ZONE, beijingDateOf } from "../domain/calendar.js";
import { policyOn } from "../domain/policy.js";
import { ALARM_SCHEMA, alarmStoreOf } from "../storage/alarm-schema.js";
import type { Database } from "../storage/database.js";
import type { Job, JobSchedule } from "./job.js";
import { type JobHost, runDue } from "./run-due.js";

/** Its alarm has every job look for what is due: after an outage, a killed worker, a change of the policy's days. */
const MISSED_RUNS = "missed-runs";
const EVERY_FIVE_MINUTES = "*/5 * * * *";

/** How often and how late a failed run is tried again before the alarm for missed runs sees to it. */
const queueRules = {
  policy: "exclusive",
  retryLimit: 5,
  retryDelay: 30,
  retryBackoff: true,
  retryDelayMax: 600,
  // As long as pg-boss allows; a worker that was killed is known by its silence.
  expireInSeconds: 86_399,
  heartbeatSeconds: 60,
  deleteAfterSeconds: 86_400,
} as const;

export interface AlarmRules {
  /** How often pg-boss looks whether an alarm is due. */
  readonly lookSeconds?: number;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Rings for each job by pg-boss: one queue with one cron schedule a job, in Beijing time, and retries. It is the alarm
 * clock and nothing else; what is due and what is done is worked out from job_run, so that an alarm too many, too few or
 * too late changes nothing.
 */
export async function startAlarms(host: JobHost, rules: AlarmRules): Promise<AsyncDisposable> {
  const { database, jobs } = host;
  const boss = new PgBoss({
    ...backendOf(database),
    schema: ALARM_SCHEMA,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
    cronMonitorIntervalSeconds: rules.lookSeconds ?? 15,
    cronWorkerIntervalSeconds: rules.lookSeconds ?? 5,
  });
  boss.on("error", rules.onTrouble);
  await boss.start();
  const today = beijingDateOf(host.now());
  const alarms = jobs
    .filter(({ standing }) => !standing)
    .map((job) => ({ job, cron: cronOf(job.schedule, today) }));
  try {
    await dropOtherAlarms(
      boss,
      alarms.map(({ job }) => job.name),
    );
    for (const { job, cron } of alarms) await setAlarm(boss, job.name, cron, () => ring(host, [job]));
    const calendar = jobs.filter(({ schedule }) => schedule.every !== "minutes");
    await setAlarm(boss, MISSED_RUNS, EVERY_FIVE_MINUTES, () => ring(host, calendar));
    await boss.send(MISSED_RUNS);
  } catch (error) {
    await boss.stop({ close: false, graceful: false });
    throw error;
  }
  return { [Symbol.asyncDispose]: () => boss.stop({ close: false, timeout: 20_000 }) };
}

function backendOf({ pool, pglite }: Database): ConstructorParameters<typeof PgBoss>[0] & object {
  if (pool) return { db: alarmStoreOf(pool), migrate: false };
  if (pglite) return { db: fromPglite(pglite), backend: "pglite" };
  throw new Error("a database without connections has no alarms");
}

async function setAlarm(boss: PgBoss, name: string, cron: string, work: () => Promise<void>): Promise<void> {
  await boss.createQueue(name, queueRules);
  await boss.schedule(name, cron, null, { tz: BEIJING_TIME_ZONE });
  await boss.work(name, work);
}

/** Alarms of jobs that there are no longer. */
async function dropOtherAlarms(boss: PgBoss, names: readonly string[]): Promise<void> {
  for (const { name } of await boss.getSchedules())
    if (name !== MISSED_RUNS && !names.includes(name)) await boss.unschedule(name);
}

/** An error lets pg-boss ring again. It keeps the message, which therefore says a code and nothing of a person. */
async function ring(host: JobHost, jobs: readonly Job[]): Promise<void> {
  const failed = (await runDue(host, jobs)).find(({ result }) => result === "FAILED");
  if (failed) throw new Error(`${failed.job} ${failed.period}: ${failed.failure}`);
}

/** When to ring. A month's day is that of today's policy; if another one comes, the alarm for missed runs is there. */
export function cronOf(schedule: JobSchedule, today: Temporal.PlainDate): string {
  if (schedule.every === "minutes") return `*/${schedule.minutes} * * * *`;
  const { hour, minute } = Temporal.PlainTime.from(schedule.time);
  const day = schedule.every === "month" ? schedule.day(policyOn(today)) : "*";
  return `${minute} ${hour} ${day} * *`;
}
