import { deliverWebhooks, type WebhookDelivery } from "../delivery/deliver-webhooks.js";
import { relayEvents } from "../delivery/relay-events.js";
import { type SendLimits, sendMessages } from "../delivery/send-messages.js";
import type { SmsGateway } from "../delivery/sms-gateway.js";
import { type AnchorServices, anchorAudit } from "../operations/anchor-audit.js";
import { applyRetention } from "../operations/apply-retention.js";
import { applySuspensions } from "../operations/apply-suspensions.js";
import { closeExpiries } from "../operations/close-expiries.js";
import { cutPayroll } from "../operations/cut-payroll.js";
import { expireSessions } from "../operations/expire-sessions.js";
import { planReminders } from "../operations/plan-reminders.js";
import type { Database } from "../storage/database.js";
import type { Sealing } from "../storage/sealing.js";
import type { Job } from "./job.js";

/** What the jobs work with; bound once, when the table is made. */
export interface JobServices extends AnchorServices, WebhookDelivery {
  readonly database: Database;
  readonly sealing: Sealing;
  /** In a sandbox a month's suspensions approve themselves. */
  readonly autoApprove: boolean;
  /** Opened by the first run that sends; null where none is set up: messages stay queued. */
  readonly openGateway: () => SmsGateway | null;
  readonly limits: SendLimits;
}

/** All that is done without being asked for, in Beijing time. Of runs that are due at the same instant the upper one is first. */
export function jobsOf(services: JobServices): readonly Job[] {
  return [
    {
      name: "expiry-close",
      summary: "propose the suspension of all whose deadline month has ended (P1, P3)",
      schedule: { every: "month", day: () => 1, time: "00:00" },
      work: (run) => closeExpiries(services, run),
    },
    {
      name: "payroll-cut-off",
      summary: "freeze the month's hold and release lists (P8)",
      schedule: { every: "month", day: (policy) => policy.payrollCutoffDay + 1, time: "00:00" },
      work: (run) => cutPayroll(services, run),
    },
    {
      // By day, so that what is planned may be sent at once.
      name: "reminders",
      summary: "plan the month's reminders to pensioners and employers (R1)",
      schedule: { every: "month", day: (policy) => policy.reminderDay, time: "09:00" },
      work: (run) => planReminders(services, run),
    },
    {
      name: "suspension-apply",
      summary: "suspend the candidates of approved batches, each looked at once more (P3)",
      schedule: { every: "minutes", minutes: 1 },
      work: (run) => applySuspensions(services, run),
    },
    {
      name: "session-expiry",
      summary: "forget the phones and helpers of sessions that expired unfinished",
      schedule: { every: "minutes", minutes: 5 },
      work: (run) => expireSessions(services, run),
    },
    {
      name: "message-sending",
      summary: "send what is due, each still true when its turn comes (R3, R7)",
      schedule: { every: "minutes", minutes: 1 },
      standing: true,
      work: async (run) => {
        const gateway = services.openGateway();
        return gateway ? sendMessages({ ...services, gateway }, run) : {};
      },
    },
    {
      name: "event-relay",
      summary: "give events their places in the feed",
      schedule: { every: "minutes", minutes: 1 },
      standing: true,
      work: (run) => relayEvents(services, run),
    },
    {
      name: "webhook-delivery",
      summary: "send events to the endpoints that asked for them",
      schedule: { every: "minutes", minutes: 1 },
      standing: true,
      work: (run) => deliverWebhooks(services, run),
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
