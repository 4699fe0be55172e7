import { beijingDateOf } from "./calendar.js";
import type { SubmittedFile } from "./evidence.js";
import type { PhotoElement } from "./evidence-kinds.js";
import type { Policy } from "./policy.js";
import { isInTheFuture } from "./receipt-time.js";
import { Refused } from "./refusals.js";

const mustShow: readonly PhotoElement[] = ["FACE", "TIME", "DOCUMENT"];

interface Moment {
  readonly now: Temporal.Instant;
  readonly today: Temporal.PlainDate;
  readonly policy: Pick<Policy, "employerPhotoMaxDays">;
}

/**
 * E4: the photo of the person holding the document shows face, time and document; a photo whose time is not told does
 * not show it. Throws Refused for one that is too old, in days of Beijing, or that cannot have been taken yet.
 */
export function photoRejection(
  photo: Pick<SubmittedFile, "capturedAt" | "shows">,
  { now, today, policy }: Moment,
  path: readonly string[],
): "PHOTO_INCOMPLETE" | null {
  const { capturedAt, shows } = photo;
  if (capturedAt === null) return "PHOTO_INCOMPLETE";
  if (isInTheFuture(capturedAt, now)) throw new Refused("PHOTO_IN_THE_FUTURE", path);
  const oldest = today.subtract({ days: policy.employerPhotoMaxDays });
  if (Temporal.PlainDate.compare(beijingDateOf(capturedAt), oldest) < 0)
    throw new Refused("PHOTO_TOO_OLD", path);
  return mustShow.every((element) => shows.includes(element)) ? null : "PHOTO_INCOMPLETE";
}
