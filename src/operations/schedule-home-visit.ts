import { plainText } from "../domain/evidence.js";
import { isVisitDay } from "../domain/home-visit.js";
import { Refused } from "../domain/refusals.js";
import type { OwnedKey } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import { lockVisitOf, stateAfterStep, takeStep } from "./open-home-visit.js";
import { type OperationContext, once, todayOf } from "./operation.js";

export interface ScheduleHomeVisitInput {
  readonly idempotencyKey: string;
  readonly homeVisitId: string;
  readonly visitOn: Temporal.PlainDate;
  readonly visitorName: string;
}

/** E5: the centre says when it comes and who; it may change its mind until the visit is closed. */
export async function scheduleHomeVisit(
  context: OperationContext,
  input: ScheduleHomeVisitInput,
): Promise<OwnedKey> {
  const { today, policy } = todayOf(context.now);
  const visitorName = plainText(input.visitorName, ["input", "visitorName"]);
  if (!isVisitDay(input.visitOn, today, policy)) {
    const days = String(policy.homeVisitDaysAhead);
    throw new Refused("HOME_VISIT_DAY", ["input", "visitOn"], { days: { "zh-CN": days, en: days } });
  }
  return once(context, "homeVisitSchedule", input, async (tx) => {
    const { visit } = await lockVisitOf(tx, context.actor, input.homeVisitId);
    return takeStep(tx, context, visit, {
      operation: "homeVisitSchedule",
      state: stateAfterStep(visit, "SCHEDULE"),
      columns: {
        visitOn: input.visitOn.toString(),
        visitorNameSealed: context.sealing.seal(visitorName, places.homeVisitVisitor(visit.id)),
      },
    });
  });
}
