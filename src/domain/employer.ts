import type { ChannelActor } from "./actor.js";
import { Refused } from "./refusals.js";

/** E4: the form in which the benefit register writes employers' codes. */
export function isEmployerCode(code: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(code);
}

/**
 * E4: a client of one employer acts for that one alone; any other is answered like one that does not exist. The
 * employers' common portal acts for all.
 */
export function refuseForeignEmployer(
  actor: Pick<ChannelActor, "employerCode">,
  employerCode: string,
  path: readonly string[],
): void {
  if (!isEmployerCode(employerCode)) throw new Refused("EMPLOYER_CODE_INVALID", path);
  if (actor.employerCode !== null && actor.employerCode !== employerCode)
    throw new Refused("EMPLOYER_NOT_FOUND", path);
}
