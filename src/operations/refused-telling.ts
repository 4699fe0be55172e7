import { Refused } from "../domain/refusals.js";
import type { PensionerKey } from "../storage/ids.js";

/** A refusal that tells something of a person who was named, and so is a read of the person. */
export class RefusedTelling extends Refused {
  constructor(
    readonly person: PensionerKey,
    { refusal, path, params }: Refused,
  ) {
    super(refusal, path, params);
  }
}
