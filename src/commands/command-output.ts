import type { Writable } from "node:stream";

/** Where a command writes: results to stdout, everything else to stderr. */
export interface CommandOutput {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

export type Environment = Readonly<Record<string, string | undefined>>;
