import { Refused } from "../domain/refusals.js";
import type { Tx } from "../storage/database.js";
import { addHelperPensioner, countHelperPensioners, lockHelperMonth } from "../storage/helper-limit.js";
import type { Today } from "./operation.js";

/** C1: refuses a helper who has certified as many other pensioners this month as one may. */
export async function refuseOverHelperLimit(
  tx: Tx,
  helperIndex: Buffer,
  pensionerId: string,
  time: Today,
): Promise<void> {
  const month = time.today.toPlainYearMonth().toString();
  const others = await countHelperPensioners(tx, { helperIndex, month, exceptPensionerId: pensionerId });
  if (others >= time.policy.helperPensionersPerMonth) {
    throw new Refused("HELPER_LIMIT_REACHED", ["input", "actor", "helper"]);
  }
}

/** C1: counts a pass towards the helper's month; two at once cannot both be the last one allowed. */
export async function countTowardsHelperLimit(
  tx: Tx,
  helperIndex: Buffer,
  pensionerId: string,
  time: Today,
): Promise<void> {
  const month = time.today.toPlainYearMonth().toString();
  await lockHelperMonth(tx, helperIndex, month);
  await refuseOverHelperLimit(tx, helperIndex, pensionerId, time);
  await addHelperPensioner(tx, { helperIndex, month, pensionerId });
}
