import "./runtime-check.js";
import { runDataMatch } from "./data-match-command.js";
import { runImport } from "./import-command.js";
import { writeKeyFileIfAbsent } from "./keys.js";
import { describeStartFailure } from "./start-failure.js";

const USAGE = `usage: npm run cli -- COMMAND

  data-match FILE    certify by traces in other systems' data (JSON lines); --client ID, --results OUT, --quiet
  import FILE        read a benefit register (CSV or NDJSON); --report PATH, --quiet
  keys generate FILE make a key file for production
`;

async function run(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "data-match":
      return runDataMatch(rest, process.env);
    case "import":
      return runImport(rest, process.env);
    case "keys":
      return generateKeys(rest);
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

async function generateKeys([verb, path, ...rest]: readonly string[]): Promise<number> {
  if (verb !== "generate" || !path || rest.length > 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  const made = await writeKeyFileIfAbsent(path, false);
  process.stderr.write(
    made
      ? `new keys in ${path}: keep a copy apart from the database\n`
      : `${path} exists and was left as it is\n`,
  );
  return made ? 0 : 1;
}

run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${describeStartFailure(error)}\n`);
    process.exitCode = 1;
  },
);
