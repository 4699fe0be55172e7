import type { Writable } from "node:stream";
import { Presets, SingleBar } from "cli-progress";
import type { JobProgress } from "../storage/job-runs.js";

/** Shows how far a job is: a bar on a terminal, a line every few seconds elsewhere. */
export interface JobProgressDisplay {
  show(progress: JobProgress): void;
  stop(): void;
}

const LOG_INTERVAL_MS = 5_000;

export const noJobProgress: JobProgressDisplay = { show: () => undefined, stop: () => undefined };

export function jobProgressDisplay(
  stream: Writable & { readonly isTTY?: boolean },
  title: string,
): JobProgressDisplay {
  return stream.isTTY ? progressBar(stream, title) : progressLog(stream, title);
}

/** Begins when the job knows how much there is; until then there is nothing to show a share of. */
function progressBar(stream: Writable, title: string): JobProgressDisplay {
  const bar = new SingleBar(
    {
      stream: stream as NodeJS.WritableStream,
      format: `${title} {bar} {percentage}% | {value} of {total} | {eta_formatted} left`,
      hideCursor: true,
      // Signals are the command's own business: it finishes the chunk first.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let begun = false;
  return {
    show: ({ done, total }) => {
      if (total === null || total === 0) return;
      if (!begun) bar.start(total, done);
      begun = true;
      bar.setTotal(total);
      bar.update(Math.min(total, done));
    },
    stop: () => bar.stop(),
  };
}

function progressLog(stream: Writable, title: string): JobProgressDisplay {
  const startedMs = performance.now();
  let loggedMs = startedMs;
  stream.write(`${title}\n`);
  return {
    show: ({ done, total }) => {
      const nowMs = performance.now();
      if (nowMs - loggedMs < LOG_INTERVAL_MS) return;
      loggedMs = nowMs;
      const share = total ? ` of ${total} (${Math.floor((100 * done) / total)}%)` : "";
      const rate = Math.round((1_000 * done) / (nowMs - startedMs));
      stream.write(`${title}: ${done}${share}, ${rate}/s\n`);
    },
    stop: () => undefined,
  };
}
