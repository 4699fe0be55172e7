import type { Writable } from "node:stream";
import { Presets, SingleBar } from "cli-progress";

/** How far a file has been worked through. */
export interface FileProgress {
  readonly readBytes: number;
  readonly lines: number;
  readonly failed: number;
}

/** Shows how far a file is: a bar on a terminal, a line every few seconds elsewhere. */
export interface ProgressDisplay {
  show(progress: FileProgress): void;
  stop(): void;
}

const LOG_INTERVAL_MS = 5_000;

export const noProgress: ProgressDisplay = { show: () => undefined, stop: () => undefined };

/** `size` is that of the file, 0 when it is not known. */
export function progressDisplay(
  stream: Writable & { readonly isTTY?: boolean },
  size: number,
  doing = "importing",
): ProgressDisplay {
  return stream.isTTY && size > 0 ? progressBar(stream, size) : progressLog(stream, size, doing);
}

function progressBar(stream: Writable, size: number): ProgressDisplay {
  const bar = new SingleBar(
    {
      stream: stream as NodeJS.WritableStream,
      format: "{bar} {percentage}% | {lines} lines | {failed} failed | {eta_formatted} left",
      hideCursor: true,
      // Signals are the command's own business: it finishes the batch first.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(size, 0, { lines: 0, failed: 0 });
  return {
    show: ({ readBytes, lines, failed }) => bar.update(Math.min(size, readBytes), { lines, failed }),
    stop: () => bar.stop(),
  };
}

function progressLog(stream: Writable, size: number, doing: string): ProgressDisplay {
  const startedMs = performance.now();
  let loggedMs = startedMs;
  stream.write(`${doing}${size > 0 ? ` ${size} bytes` : ""}\n`);
  return {
    show: ({ lines, failed, readBytes }) => {
      const nowMs = performance.now();
      if (nowMs - loggedMs < LOG_INTERVAL_MS) return;
      loggedMs = nowMs;
      const share = size > 0 ? ` (${Math.floor((100 * Math.min(size, readBytes)) / size)}%)` : "";
      const rate = Math.round((1_000 * lines) / (nowMs - startedMs));
      stream.write(`${lines} lines${share}, ${failed} failed, ${rate} lines/s\n`);
    },
    stop: () => undefined,
  };
}
