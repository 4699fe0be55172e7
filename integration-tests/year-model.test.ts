import fc from "fast-check";
import { test } from "vitest";
import { storyOf } from "./testkit/year-stories.js";
import { live } from "./testkit/year-told.js";

/** A sequence is what happens to one person in two years; `npm run test:year` takes many more. */
const SEQUENCES = Number(process.env.YEAR_SEQUENCES ?? 200);
/** Lives side by side share the months that pass. */
const LIVES = Math.min(50, SEQUENCES);
const RUNS = Math.ceil(SEQUENCES / LIVES);
const LIMIT_MS = Math.max(600_000, RUNS * 120_000);
const SPARE_MS = 60_000;
/** What a failure has printed, to have it again. */
const { YEAR_SEED, YEAR_PATH } = process.env;

test(
  `P1 P2 P3 P4 P5 P6 P7 P8 R1 R3 C5 E6 E7 E9 whatever happens in whatever order, payment is as the rules have it (${SEQUENCES} sequences)`,
  async () => {
    await fc.assert(fc.asyncProperty(storyOf(LIVES), live), {
      numRuns: RUNS,
      // A failure is made smaller for as long as there is time.
      interruptAfterTimeLimit: LIMIT_MS - SPARE_MS,
      markInterruptAsFailure: true,
      ...(YEAR_SEED ? { seed: Number(YEAR_SEED) } : {}),
      ...(YEAR_PATH ? { path: YEAR_PATH } : {}),
    });
  },
  LIMIT_MS,
);
