import "./runtime-check.js";
import { runAudit } from "./commands/audit-command.js";
import { runClient } from "./commands/client-command.js";
import { runDataMatch } from "./commands/data-match-command.js";
import { runDoctor } from "./commands/doctor-command.js";
import { runImport } from "./commands/import-command.js";
import { runKeyRotation } from "./commands/key-rotation-command.js";
import { runKeys } from "./commands/keys-command.js";
import { runMigrate } from "./commands/migrate-command.js";
import { runPayroll } from "./commands/payroll-command.js";
import { runRunJob } from "./commands/run-job-command.js";
import { runVerifyReceipt } from "./commands/verify-receipt-command.js";
import { describeStartFailure } from "./start-failure.js";

const USAGE = `usage: npm run cli -- COMMAND

  audit              verify the record of all writes; read why identities were shown
  client             register clients, rotate their secrets, disable, list
  employer           hand in an employer's documents from a file, a line a pensioner
  data-match FILE    certify by traces in other systems' data (JSON lines); --client ID, --results OUT, --quiet
  doctor             look whether all is well here, and say what to do where it is not; --json
  import FILE        read a benefit register (CSV or NDJSON); --report PATH, --quiet
  keys               make a key file for production; rotate its keys; which versions are in use
  migrate            bring the schema of the database up to date, as the owner of its tables
  payroll            write a month's hold list and release list for payroll
  run-job NAME       run a job by hand; --month 2026-06, --period P, --list, --quiet
  verify-receipt JWS tell what a certification's receipt proves; --jwks URL_OR_FILE
  worker             run the jobs and serve nobody, beside processes with JOBS=off; --listen PORT
`;

async function run(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "audit":
      return runAudit(rest, process.env);
    case "client":
      return runClient(rest, process.env);
    case "employer": {
      // It loads the schema, which the other commands need not wait for.
      const { runEmployer } = await import("./commands/employer-command.js");
      return runEmployer(rest, process.env);
    }
    case "data-match":
      return runDataMatch(rest, process.env);
    case "doctor":
      return runDoctor(rest, process.env);
    case "import":
      return runImport(rest, process.env);
    case "keys":
      return (await runKeyRotation(rest, process.env)) ?? runKeys(rest);
    case "migrate":
      return runMigrate(rest, process.env);
    case "payroll":
      return runPayroll(rest, process.env);
    case "run-job":
      return runRunJob(rest, process.env);
    case "verify-receipt":
      return runVerifyReceipt(rest);
    case "worker": {
      // As employer.
      const { runWorker } = await import("./commands/worker-command.js");
      return runWorker(rest, process.env);
    }
    default:
      process.stderr.write(USAGE);
      return 2;
  }
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
