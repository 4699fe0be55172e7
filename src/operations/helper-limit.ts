import { Refused } from "../domain/refusals.js";
import type { Tx } from "../storage/database.js";
import { addHelperPensioner, countHelperPensioners, lockHelperMonth } from "../storage/helper-limit.js";
import type { Today } from "./operation.js";

/** C1: refuses a helper who has certified as many other pensioners this month as one may. */
export async function refuseOverHelperLimit(
  tx: Tx,
  indexes: readonly Buffer[],
  pensionerId: string,
  time: Today,
): Promise<void> {
  const month = time.today.toPlainYearMonth().toString();
  const others = await countHelperPensioners(tx, { indexes, month, exceptPensionerId: pensionerId });
  if (others >= time.policy.helperPensionersPerMonth) {
    throw new Refused("HELPER_LIMIT_REACHED", ["input", "actor", "helper"]);
  }
}

/** C1: counts a pass towards the helper's month; two at once cannot both be the last one allowed. */
export async function countTowardsHelperLimit(
  tx: Tx,
  indexes: readonly Buffer[],
  pensionerId: string,
  time: Today,
): Promise<void> {
  const month = time.today.toPlainYearMonth().toString();
  await lockHelperMonth(tx, indexes, month);
  await refuseOverHelperLimit(tx, indexes, pensionerId, time);
  const [helperIndex] = indexes;
  if (helperIndex) await addHelperPensioner(tx, { helperIndex, month, pensionerId });
}
