import { constants } from "node:os";

/** Shells report a process that a signal ended as 128 + its number. */
const SIGNAL_BASE = 128;

export function signalExitCode(signal: "SIGINT" | "SIGTERM"): number {
  return SIGNAL_BASE + constants.signals[signal];
}

/** SIGINT and SIGTERM let the batch under way finish; a second one ends the process at once, which is safe too. */
export class StopSignals implements Disposable {
  readonly #controller = new AbortController();
  received: "SIGINT" | "SIGTERM" | null = null;

  readonly #stop = (signal: NodeJS.Signals) => {
    this.received = signal === "SIGINT" ? "SIGINT" : "SIGTERM";
    this.#controller.abort();
    this[Symbol.dispose]();
  };

  constructor() {
    process.on("SIGINT", this.#stop);
    process.on("SIGTERM", this.#stop);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#stop);
    process.off("SIGTERM", this.#stop);
  }
}
