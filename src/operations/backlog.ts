import type { Channel } from "../domain/channels.js";
import { decidingInstant } from "../domain/receipt-time.js";
import { Refused } from "../domain/refusals.js";

/** V6: the channel's own time, unless it is too old or still to come. */
export function instantWithinBacklog(
  channel: Pick<Channel, "backlogHours">,
  now: Temporal.Instant,
  occurredAt: Temporal.Instant | null,
  path: readonly string[],
): Temporal.Instant {
  const deciding = decidingInstant(channel, now, occurredAt);
  if (deciding.ok) return deciding.instant;
  throw new Refused(deciding.fault === "TOO_OLD" ? "OCCURRED_TOO_LONG_AGO" : "OCCURRED_IN_THE_FUTURE", path);
}
