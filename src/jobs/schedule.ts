import { type AnchorServices, anchorAudit } from "../operations/anchor-audit.js";
import { applyRetention } from "../operations/apply-retention.js";
import { expireSessions } from "../operations/expire-sessions.js";
import type { Database } from "../storage/database.js";
import type { Sealing } from "../storage/sealing.js";
import type { Job } from "./job.js";

/** What the jobs work with; bound once, when the table is made. */
export interface JobServices extends AnchorServices {
  readonly database: Database;
  readonly sealing: Sealing;
}

/** All that is done without being asked for, in Beijing time. Of runs that are due at the same instant the upper one is first. */
export function jobsOf(services: JobServices): readonly Job[] {
  return [
    {
      name: "session-expiry",
      summary: "forget the phones and helpers of sessions that expired unfinished",
      schedule: { every: "minutes", minutes: 5 },
      work: (run) => expireSessions(services, run),
    },
    {
      name: "audit-anchor",
      summary: "write down, signed, where the audit chains stand",
      schedule: { every: "day", time: "02:00" },
      work: (run) => anchorAudit(services, run),
    },
    {
      name: "retention",
      summary: "remove what has served its purpose",
      schedule: { every: "day", time: "03:30" },
      work: (run) => applyRetention(services, run),
    },
  ];
}
