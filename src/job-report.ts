import type { RunOutcome } from "./jobs/run-job.js";
import type { Logger } from "./logging.js";
import type { Metrics } from "./metrics.js";

/** Counts and logs what became of each run. */
export function jobReporter(metrics: Metrics, logger: Logger): (outcome: RunOutcome) => void {
  return ({ job, period, result, counts, workedMs, failure, error }) => {
    metrics.jobRuns.inc({ job, outcome: result });
    if (result === "DONE") {
      metrics.jobSeconds.observe({ job }, workedMs / 1_000);
      metrics.jobLastSuccess.set({ job }, Date.now() / 1_000);
    }
    const line = { job, period, result, counts, workedMs };
    if (result === "FAILED") logger.error({ ...line, failure, err: error }, "a job failed");
    // Minutes come by the thousand; what they did is in the metrics.
    else if (result === "DONE" && !period.includes("T")) logger.info(line, "a job was done");
    else logger.debug(line, "a job was tried");
  };
}
