import type { ChannelCode } from "./channels.js";
import type { Policy } from "./policy.js";

/** R6: why someone has to be found by other means than the stored phone. */
export type ContactTaskReason = "WRONG_NUMBER" | "BOUNCED";

/** R6: who looks for the person on a day: first the employer, where there is one, then the street centre. */
export function seekerOn(
  task: { readonly employerCode: string | null; readonly openedOn: Temporal.PlainDate },
  today: Temporal.PlainDate,
  policy: Pick<Policy, "contactTaskEmployerDays">,
): Extract<ChannelCode, "EMPLOYER" | "STREET_SERVICE_CENTER"> {
  const employersUntil = task.openedOn.add({ days: policy.contactTaskEmployerDays });
  const isEmployers = task.employerCode !== null && Temporal.PlainDate.compare(today, employersUntil) < 0;
  return isEmployers ? "EMPLOYER" : "STREET_SERVICE_CENTER";
}
