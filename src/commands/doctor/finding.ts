/** What the doctor looks at, in the order in which it tells. */
export const checkNames = [
  "runtime",
  "configuration",
  "key-file",
  "face-verifiers",
  "database",
  "durability",
  "migrations",
  "rights",
  "clock",
  "keys",
  "key-rotation",
  "processes",
  "job-alarms",
  "jobs",
  "messages",
  "events",
  "webhooks",
  "audit-anchors",
  "register-import",
  "gateway",
] as const;
export type CheckName = (typeof checkNames)[number];

/** FAIL: something does not work, or will not at the next start. WARN: it works, and somebody should know. */
export type FindingState = "OK" | "WARN" | "FAIL";

export interface Finding {
  readonly check: CheckName;
  readonly state: FindingState;
  /** What was seen. No secret and nothing of a person is in it. */
  readonly cause: string;
  /** What to do; of everything that is not well. */
  readonly cure?: string;
}

export const ok = (check: CheckName, cause: string): Finding => ({ check, state: "OK", cause });

export const warn = (check: CheckName, cause: string, cure: string): Finding => ({
  check,
  state: "WARN",
  cause,
  cure,
});

export const fail = (check: CheckName, cause: string, cure: string): Finding => ({
  check,
  state: "FAIL",
  cause,
  cure,
});

const SECOND_MS = 1_000;
const units = [
  { name: "day", ms: 86_400 * SECOND_MS },
  { name: "hour", ms: 3_600 * SECOND_MS },
  { name: "minute", ms: 60 * SECOND_MS },
  { name: "second", ms: SECOND_MS },
] as const;

/** A length of time as people say it: `3 days`, `1 hour`, `40 seconds`. */
export function spell(ms: number): string {
  const { name, ms: unit } = units.find((each) => ms >= each.ms) ?? units[3];
  const count = Math.floor(ms / unit);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
