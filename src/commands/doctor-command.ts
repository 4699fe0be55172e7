import { parseArgs } from "node:util";
import type { CommandOutput, Environment } from "./command-output.js";
import { type Diagnosis, type DoctorMeans, examine } from "./doctor/examine.js";

const USAGE = `usage: doctor [--json]

Looks whether all is well with this environment and its database, and says what to do where it is not. It changes
nothing, sends no message, and may be run at any time; the embedded database must not be held by a running process.
  --json   one JSON object: { ok, findings: [{ check, state, cause, cure }], notLookedAt }

Exit code 0 when nothing fails, also with warnings; 1 when something does.
`;

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

const usualMeans: DoctorMeans = { wall: () => Date.now(), gatewayMs: 5_000 };

/** The `doctor` command. */
export async function runDoctor(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
  means: Partial<DoctorMeans> = {},
): Promise<number> {
  const given = readArguments(args);
  if (!given) {
    output.stderr.write(USAGE);
    return WRONG_USAGE;
  }
  const diagnosis = await examine(env, { ...usualMeans, ...means });
  const healthy = diagnosis.findings.every(({ state }) => state !== "FAIL");
  output.stdout.write(
    given.json ? `${JSON.stringify({ ok: healthy, ...diagnosis }, null, 2)}\n` : textOf(diagnosis),
  );
  return healthy ? OK : FAILED;
}

function readArguments(args: readonly string[]): { readonly json: boolean } | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: "boolean", default: false } },
    });
    return values;
  } catch {
    return null;
  }
}

const STATE_WIDTH = 6;
const NAME_WIDTH = 17;

function textOf({ findings, notLookedAt }: Diagnosis): string {
  const lines = findings.flatMap(({ check, state, cause, cure }) => [
    `${state.padEnd(STATE_WIDTH)}${check.padEnd(NAME_WIDTH)}${cause}`,
    ...(cure === undefined ? [] : [`${" ".repeat(STATE_WIDTH + NAME_WIDTH)}→ ${cure}`]),
  ]);
  const count = (state: string) => findings.filter((finding) => finding.state === state).length;
  if (notLookedAt.length > 0) lines.push(`not looked at: ${notLookedAt.join(", ")}`);
  lines.push(`in all: ${count("OK")} OK, ${count("WARN")} WARN, ${count("FAIL")} FAIL`);
  return `${lines.join("\n")}\n`;
}
