import "reflect-metadata";
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type PayrollKind, payrollKinds } from "../domain/payroll.js";
import { toDate, todayOf, toInstant } from "../operations/operation.js";
import { AccessLog } from "../storage/access-log.js";
import { appendSystemAudit } from "../storage/audit.js";
import { type PayrollListRecord, readPayrollList } from "../storage/payroll-lists.js";
import { type Administered, openAdministered, readServiceTime } from "./administration.js";
import { describeCommandFailure } from "./command-failure.js";
import { type CommandOutput, type Environment, tellUsage } from "./command-output.js";
import { ListNotAsCut, type PreparedList, prepareList } from "./payroll-export.js";
import { FileDiffers } from "./private-file.js";
import { StopSignals, signalExitCode } from "./stop-signals.js";

const USAGE = `usage: payroll export --month YYYY-MM --by NAME [--kind holds|releases] [--out DIR] [--provisional]

Writes who is not paid with a month (holds-YYYY-MM.csv) and who is paid again or later with it (releases-YYYY-MM.csv),
each with a manifest (.json): lines, checksum of the list, SHA-256 of the file, when the month was cut, the policy.
Names and document numbers are in full: every person listed is logged as read by NAME, and the files are for you alone.
CSV as in RFC 4180, UTF-8 without a mark; what a spreadsheet would take for a formula begins with an apostrophe.
  --by NAME      who asks: it stands in the access log and in the record of all writes
  --out DIR      where to (the current directory); a file that is there and differs is not replaced
  --provisional  also a month that is not cut yet: the list may still change, and its files' names say so
`;

const OK = 0;
const FAILED = 1;
const kinds: Readonly<Record<string, readonly PayrollKind[]>> = {
  both: payrollKinds,
  holds: ["HOLD"],
  releases: ["RELEASE"],
};

interface Arguments {
  readonly month: string;
  readonly by: string;
  readonly kinds: readonly PayrollKind[];
  readonly directory: string;
  readonly provisional: boolean;
}

/** The list cannot be given out; the message says why. */
class PayrollCommandError extends Error {
  override readonly name = "PayrollCommandError";
}

/** The `payroll` command: exit code 0 when the files are there, 1 otherwise, 2 for wrong usage, 130/143 when stopped. */
export async function runPayroll(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (given === "help" || given === null) return tellUsage(given, USAGE, output);
  using stop = new StopSignals();
  try {
    await exportLists(given, env, output, stop.signal);
    return OK;
  } catch (error) {
    if (stop.received) {
      output.stderr.write(`payroll: stopped by ${stop.received}; no file was written\n`);
      return signalExitCode(stop.received);
    }
    output.stderr.write(`payroll: ${messageOf(error)}\n`);
    return FAILED;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof FileDiffers) return `${error.message}; move it away, or write elsewhere with --out`;
  if (error instanceof PayrollCommandError || error instanceof ListNotAsCut) return error.message;
  return describeCommandFailure(error, "run it again");
}

function readArguments(args: readonly string[]): Arguments | "help" | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        month: { type: "string" },
        by: { type: "string" },
        kind: { type: "string", default: "both" },
        out: { type: "string", default: "." },
        provisional: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const { month, by, kind, out, provisional } = values;
    const asked = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (positionals.join(" ") !== "export" || !asked || !month || !by) return null;
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month) || !isName(by)) return null;
    return { month, by, kinds: asked, directory: out, provisional };
  } catch {
    return null;
  }
}

function isName(by: string): boolean {
  return by.trim() === by && by.length <= 100 && !/\p{Cc}|\p{Cs}/u.test(by);
}

async function exportLists(
  given: Arguments,
  env: Environment,
  output: CommandOutput,
  signal: AbortSignal,
): Promise<void> {
  const isDirectory = await stat(given.directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new PayrollCommandError(`${given.directory} is not a directory`);
  await using administered = await openAdministered(env);
  const { config, database, sealing } = administered;
  const now = await readServiceTime(config, database);
  const lists: PayrollListRecord[] = [];
  for (const kind of given.kinds)
    lists.push(readyList(given, await readPayrollList(database.db, given.month, kind)));
  const access = {
    clientId: `cli:${given.by}`,
    operation: "payrollExport",
    requestId: randomUUID(),
    at: toDate(now),
  };
  await noteExport(administered, access, given.month);
  await using accessLog = new AccessLog(database.db, "strict", () => undefined);
  await using stack = new AsyncDisposableStack();
  const prepared: PreparedList[] = [];
  for (const list of lists) {
    const { policy } = todayOf(list.cutAt ? toInstant(list.cutAt) : now);
    const { directory } = given;
    const exporting = { database, sealing, list, directory, policyVersion: policy.version, signal };
    const onRead = (persons: Parameters<AccessLog["record"]>[1]) => accessLog.record(access, persons, true);
    prepared.push(await prepareList({ ...exporting, onRead }, stack));
  }
  // All or nothing: each is looked at before the first is put in place.
  const files = prepared.flatMap(({ csv, manifest }) => [csv, manifest]);
  for (const file of files) await file.refuseToReplace();
  for (const file of files) await file.place();
  for (const { csv, lines, listChecksum } of prepared)
    output.stdout.write(`${csv.path}  ${lines} lines, list sha256:${listChecksum}\n`);
}

function readyList({ provisional }: Arguments, list: PayrollListRecord): PayrollListRecord {
  const { month, state, written } = list;
  if (state === "PROVISIONAL" && !provisional)
    throw new PayrollCommandError(`${month} is not cut yet; --provisional writes it as it stands now`);
  if (state === "CUT" && !written)
    throw new PayrollCommandError(`the lists of ${month} are being written; try again when they are`);
  return list;
}

/** Before anyone is read: nothing is shown that leaves no trace. */
async function noteExport(
  { database }: Administered,
  access: {
    readonly clientId: string;
    readonly operation: string;
    readonly requestId: string;
    readonly at: Date;
  },
  month: string,
): Promise<void> {
  await database.transact((tx) =>
    appendSystemAudit(tx, { ...access, at: access.at.toISOString(), subjectId: month, outcome: "READ" }),
  );
}
