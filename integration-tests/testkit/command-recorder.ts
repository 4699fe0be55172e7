import { Writable } from "node:stream";
import type { CommandOutput } from "../../src/commands/command-output.js";

export interface RecordedCommand {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process and keeps what it wrote. */
export async function recordCommand(
  run: (output: CommandOutput) => Promise<number>,
): Promise<RecordedCommand> {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const exitCode = await run({ stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

class Recorder extends Writable {
  text = "";

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
