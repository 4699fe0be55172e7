import type { Channel } from "./channels.js";

export type DecidingInstant =
  | { readonly ok: true; readonly instant: Temporal.Instant }
  | { readonly ok: false; readonly fault: "TOO_OLD" | "IN_THE_FUTURE" | "NOT_ACCEPTED" };

/** Clock skew that a channel's own time may run ahead of ours. */
const SKEW_SECONDS = 60;

/** Later than now, and by more than clocks differ. */
export function isInTheFuture(instant: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(instant, now.add({ seconds: SKEW_SECONDS })) > 0;
}

/** V6: the server's receipt time decides; a channel's own signed time only within its allowed backlog. */
export function decidingInstant(
  channel: Pick<Channel, "backlogHours">,
  receivedAt: Temporal.Instant,
  occurredAt: Temporal.Instant | null,
): DecidingInstant {
  if (occurredAt === null) return { ok: true, instant: receivedAt };
  if (channel.backlogHours === 0) return { ok: false, fault: "NOT_ACCEPTED" };
  if (isInTheFuture(occurredAt, receivedAt)) return { ok: false, fault: "IN_THE_FUTURE" };
  const oldest = receivedAt.subtract({ hours: channel.backlogHours });
  if (Temporal.Instant.compare(occurredAt, oldest) < 0) return { ok: false, fault: "TOO_OLD" };
  // Within the skew a channel may run ahead, but no certification counts in a month that has not begun.
  const ahead = Temporal.Instant.compare(occurredAt, receivedAt) > 0;
  return { ok: true, instant: ahead ? receivedAt : occurredAt };
}
