import type { Writable } from "node:stream";

/** Where a command writes: results to stdout, everything else to stderr. */
export interface CommandOutput {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command takes: to stdout when asked for, to stderr when the arguments are wrong. Gives the exit code, 0 or 2. */
export function tellUsage(given: "help" | null, usage: string, { stdout, stderr }: CommandOutput): number {
  (given === "help" ? stdout : stderr).write(usage);
  return given === "help" ? 0 : 2;
}
