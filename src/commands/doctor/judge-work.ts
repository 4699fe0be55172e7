import { beijingDateOf, beijingMonthOf } from "../../domain/calendar.js";
import type { JobStanding, UndoneRun } from "../../jobs/undone-runs.js";
import { COUNTED, type Overdue, type OverdueWork } from "../../storage/overdue-work.js";
import { type CheckName, type Finding, fail, ok, spell, warn } from "./finding.js";
import type { Mode } from "./judge-database.js";

/** What work is judged by. */
export interface Present {
  readonly mode: Mode;
  /** The service's time. */
  readonly now: Temporal.Instant;
  /** Some process of the service runs: only then is it anyone's fault that work waits. */
  readonly running: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START = "start the service: nothing runs at present";

const ageOf = ({ now }: Present, since: Temporal.Instant) => now.epochMilliseconds - since.epochMilliseconds;

export function judgeProcesses(count: number): Finding {
  if (count > 0) return ok("processes", `${count} ${count === 1 ? "runs" : "run"}`);
  return warn("processes", "no process of the service runs on this database", "start it");
}

/** Somebody works on jobs every few seconds wherever jobs are run at all. */
export function judgeJobAlarms({ running }: Present, silenceMs: number | null): Finding {
  if (!running) return ok("job-alarms", "no process runs, so no job does");
  const cure = "start `npm run cli -- worker`, or a serving process without JOBS=off";
  if (silenceMs === null) return warn("job-alarms", "no job has ever run here", cure);
  if (silenceMs > 5 * MINUTE_MS)
    return fail("job-alarms", `no process has run any job for ${spell(silenceMs)}`, cure);
  return ok("job-alarms", "jobs are being run");
}

/** A month's work left undone is a failure, a day's is done with the next. */
export function judgeJob(present: Present, { job, every, lastDue, undone }: JobStanding): Finding {
  const [first] = undone;
  if (!first)
    return ok(
      "jobs",
      `${job}: ${lastDue === null ? "not due since the service began" : `done for ${lastDue}`}`,
    );
  const lateMs = ageOf(present, first.dueAt);
  const cause = `${job}: ${undoneText(undone)}, due for ${spell(lateMs)}${statusText(first)}`;
  const byHand = `npm run cli -- run-job ${job} --period ${first.period}`;
  const excusedMs = first.underWay ? 6 * HOUR_MS : 15 * MINUTE_MS;
  if (lateMs <= excusedMs && !isFailed(first)) return ok("jobs", cause);
  if (!present.running) return warn("jobs", cause, START);
  if (every === "day" || first.underWay) return warn("jobs", cause, byHand);
  return fail("jobs", cause, byHand);
}

/** Stopped with its process is not failed: the next one goes on. */
const isFailed = ({ failure }: UndoneRun) => failure !== null && failure !== "STOPPED";

function statusText(run: UndoneRun): string {
  if (run.underWay) return ", under way";
  return isFailed(run) ? `, failed (${run.failure})` : "";
}

function undoneText(undone: readonly UndoneRun[]): string {
  const [first, ...more] = undone;
  const later = more.length === 1 ? ", nor is a later one" : `, nor are ${more.length} later ones`;
  return `${first?.period} is not done${more.length > 0 ? later : ""}`;
}

interface Patience {
  readonly warnMs: number;
  readonly failMs: number;
}

const patience = {
  confirmations: { warnMs: 15 * MINUTE_MS, failMs: 2 * HOUR_MS },
  // They wait for the day's hours, and a month's many are sent as fast as the gateway takes them.
  otherMessages: { warnMs: DAY_MS, failMs: 3 * DAY_MS },
  events: { warnMs: 5 * MINUTE_MS, failMs: HOUR_MS },
  deliveries: { warnMs: 15 * MINUTE_MS, failMs: 6 * HOUR_MS },
} as const satisfies Record<string, Patience>;

function latenessOf(present: Present, { since }: Overdue, { warnMs, failMs }: Patience) {
  const lateMs = since === null ? 0 : ageOf(present, since);
  return lateMs > failMs ? "FAIL" : lateMs > warnMs ? "WARN" : "OK";
}

/** The worse of the two, as a finding; without a process that runs, nothing is worse than a warning. */
function lag(
  present: Present,
  check: CheckName,
  state: "OK" | "WARN" | "FAIL",
  cause: string,
  cure: string,
): Finding {
  if (state === "OK") return ok(check, cause);
  if (!present.running) return warn(check, cause, START);
  return state === "FAIL" ? fail(check, cause, cure) : warn(check, cause, cure);
}

/** `one` thing waits, or `many` of it do. */
function waitingText(present: Present, { count, since }: Overdue, one: string, many: string): string {
  if (since === null) return `no ${one} waits`;
  const told = count === 1 ? `1 ${one} waits` : `${count >= COUNTED ? "at least " : ""}${count} ${many} wait`;
  return `${told}, the oldest for ${spell(ageOf(present, since))}`;
}

/** `gateway` is false where no gateway is set up. */
export function judgeMessages(present: Present, work: OverdueWork, gateway: boolean): Finding {
  const { confirmations, otherMessages } = work;
  const cause = [
    waitingText(present, confirmations, "confirmation", "confirmations"),
    waitingText(present, otherMessages, "reminder or notice", "reminders and notices"),
  ].join("; ");
  if (!gateway && confirmations.count + otherMessages.count > 0)
    return warn("messages", `${cause}: there is no gateway`, "set SMS_GATEWAY");
  const states = [
    latenessOf(present, confirmations, patience.confirmations),
    latenessOf(present, otherMessages, patience.otherMessages),
  ];
  const worst = states.includes("FAIL") ? "FAIL" : states.includes("WARN") ? "WARN" : "OK";
  return lag(
    present,
    "messages",
    worst,
    cause,
    "see the gateway's line below and the log of message-sending",
  );
}

export function judgeEvents(present: Present, { events }: OverdueWork): Finding {
  const cause = waitingText(
    present,
    events,
    "event without a place in the feed",
    "events without places in the feed",
  );
  return lag(
    present,
    "events",
    latenessOf(present, events, patience.events),
    cause,
    "see the log of event-relay; nobody hears of these events until they have their places",
  );
}

export function judgeDeliveries(present: Present, { deliveries, failingEndpoints }: OverdueWork): Finding {
  const endpoints = failingEndpoints === 1 ? "1 endpoint" : `${failingEndpoints} endpoints`;
  const failing = failingEndpoints > 0 ? `; nothing arrives at ${endpoints}` : "";
  const late = latenessOf(present, deliveries, patience.deliveries);
  return lag(
    present,
    "webhooks",
    late === "OK" && failingEndpoints > 0 ? "WARN" : late,
    `${waitingText(present, deliveries, "delivery", "deliveries")}${failing}`,
    "read webhookEndpoints for which ones are failing, and webhookDeliveries for why",
  );
}

export interface AnchorFacts {
  /** When the last anchor was made. */
  readonly lastAt: Temporal.Instant | null;
  /** Since when anchors are due: the service's first start. */
  readonly since: Temporal.Instant | null;
  /** AUDIT_ANCHOR_FILE: null where it is not set, else whether the last anchor stands in it. */
  readonly inFile: boolean | null;
}

/** They are made once a day. */
const ANCHOR_WARN_MS = 26 * HOUR_MS;
const ANCHOR_FAIL_MS = 3 * DAY_MS;

export function judgeAnchors(present: Present, { lastAt, since, inFile }: AnchorFacts): Finding {
  const from = lastAt ?? since;
  const ageMs = from === null ? 0 : ageOf(present, from);
  const cause = lastAt === null ? "none has been made yet" : `the last one is ${spell(ageMs)} old`;
  const state = ageMs > ANCHOR_FAIL_MS ? "FAIL" : ageMs > ANCHOR_WARN_MS ? "WARN" : "OK";
  if (state !== "OK")
    return lag(present, "audit-anchors", state, cause, "npm run cli -- run-job audit-anchor");
  if (inFile === null && present.mode === "production")
    return warn(
      "audit-anchors",
      `${cause}; no copy is kept outside the database`,
      "set AUDIT_ANCHOR_FILE to a file that whoever writes the database cannot change",
    );
  if (inFile === false && lastAt !== null)
    return warn(
      "audit-anchors",
      `${cause}, and does not stand in AUDIT_ANCHOR_FILE`,
      "see that the file is the one the workers append to; then npm run cli -- audit verify",
    );
  return ok("audit-anchors", cause);
}

/** P3: without a register of the month the next close trips IMPORT_MISSING, and suspensions wait for a person. */
export function judgeImport(present: Present, importedAt: Temporal.Instant | null): Finding {
  const month = beijingMonthOf(present.now);
  const cure = `npm run cli -- import FILE before ${month} ends, or the month's suspensions stop at IMPORT_MISSING`;
  const cause =
    importedAt === null
      ? "no register was ever imported"
      : `the last register was imported on ${beijingDateOf(importedAt)}`;
  if (present.mode === "sandbox") return ok("register-import", `${cause}; a sandbox needs none`);
  return importedAt !== null && beijingMonthOf(importedAt).equals(month)
    ? ok("register-import", cause)
    : warn("register-import", cause, cure);
}
