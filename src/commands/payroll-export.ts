import { createHash } from "node:crypto";
import { join } from "node:path";
import { type DocumentType, documentTypes } from "../domain/document-number.js";
import { type PayrollKind, payrollLineText } from "../domain/payroll.js";
import { spreadsheetField } from "../register/csv-line.js";
import type { Database } from "../storage/database.js";
import { type PensionerKey, pensionerOpaqueId } from "../storage/ids.js";
import type { PayrollEntry } from "../storage/payroll-lines.js";
import { type PayrollListRecord, readPayrollPage } from "../storage/payroll-lists.js";
import { type PensionerRecord, readPensioners } from "../storage/pensioners.js";
import { places, type Sealing } from "../storage/sealing.js";
import { PrivateFile } from "./private-file.js";

const PAGE_LINES = 500;

export interface PayrollExport {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly list: PayrollListRecord;
  readonly directory: string;
  readonly policyVersion: string;
  readonly signal: AbortSignal;
  /** Before persons are written down in full. */
  readonly onRead: (persons: readonly PensionerKey[]) => Promise<void>;
}

/** What is written is not what was cut. */
export class ListNotAsCut extends Error {
  override readonly name = "ListNotAsCut";
}

const commonColumns = ["pensioner_id", "name", "document_type", "document_number", "month"];
const columns: Readonly<Record<PayrollKind, readonly string[]>> = {
  HOLD: [...commonColumns, "reasons", "from_month"],
  RELEASE: [...commonColumns, "resumes_month", "back_pay_months"],
};
const names: Readonly<Record<PayrollKind, string>> = { HOLD: "holds", RELEASE: "releases" };

/** A list as two files that are ready to be put in place; the caller disposes of them. */
export interface PreparedList {
  readonly csv: PrivateFile;
  readonly manifest: PrivateFile;
  readonly lines: number;
  readonly listChecksum: string;
}

/** P8: writes the list a page at a time: memory does not grow with it. Asked twice for a cut list, it gives the same bytes. */
export async function prepareList(
  exporting: PayrollExport,
  stack: AsyncDisposableStack,
): Promise<PreparedList> {
  const { list, directory, signal } = exporting;
  const { kind, month, state } = list;
  const name = `${names[kind]}-${month}${state === "CUT" ? "" : ".provisional"}`;
  const csv = stack.use(await PrivateFile.create(join(directory, `${name}.csv`)));
  const manifest = stack.use(await PrivateFile.create(join(directory, `${name}.json`)));
  const checksum = createHash("sha256");
  let lines = 0;
  await csv.append(csvRow(columns[kind]));
  for (let after: PayrollEntry | null = null; ; ) {
    signal.throwIfAborted();
    const page: PayrollEntry[] = await readPayrollPage(exporting.database.db, list, {
      after,
      limit: PAGE_LINES,
    });
    await exporting.onRead(page);
    await csv.append(await rowsOf(exporting, page));
    for (const entry of page) checksum.update(payrollLineText(pensionerOpaqueId(entry), entry.line));
    lines += page.length;
    after = page.at(-1) ?? null;
    if (page.length < PAGE_LINES) break;
  }
  const listChecksum = checksum.digest("hex");
  if (list.checksum !== null && (list.checksum !== listChecksum || list.total !== lines))
    throw new ListNotAsCut(`the ${names[kind]} of ${month} are not what was cut`);
  await manifest.append(manifestText(exporting, { name, lines, listChecksum, sha256: csv.sha256() }));
  return { csv, manifest, lines, listChecksum };
}

/** Nothing in it says when or by whom it was written: the same list gives the same bytes. */
function manifestText(
  { list, policyVersion }: PayrollExport,
  written: {
    readonly name: string;
    readonly lines: number;
    readonly listChecksum: string;
    readonly sha256: string;
  },
): string {
  const { name, lines, listChecksum, sha256 } = written;
  const manifest = {
    month: list.month,
    list: names[list.kind],
    state: list.state,
    cutAt: list.cutAt?.toISOString() ?? null,
    policy: policyVersion,
    lines,
    listChecksum,
    file: `${name}.csv`,
    sha256,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

async function rowsOf({ database, sealing }: PayrollExport, page: readonly PayrollEntry[]): Promise<string> {
  const records = await readPensioners(database.db, page);
  const recordOf = new Map(records.map((record) => [record.pensionerId, record]));
  return page
    .map((entry) => {
      const record = recordOf.get(entry.pensionerId);
      if (!record) throw new Error("a line of nobody");
      return csvRow([...identityFields(sealing, record), ...lineFields(entry)]);
    })
    .join("");
}

function identityFields(sealing: Sealing, record: PensionerRecord): string[] {
  const { pensionerId, nameSealed, documents } = record;
  const opened = documents.map(({ type, numberSealed }) => ({
    type,
    number: sealing.open(numberSealed, places.documentNumber(pensionerId)),
  }));
  // By what they say, and not by their keyed order: that changes when keys are rotated.
  const rank = (type: DocumentType) => documentTypes.indexOf(type);
  opened.sort((a, b) => rank(a.type) - rank(b.type) || (a.number < b.number ? -1 : 1));
  const [document] = opened;
  return [
    pensionerOpaqueId(record),
    sealing.open(nameSealed, places.pensionerName(pensionerId)),
    document?.type ?? "",
    document?.number ?? "",
  ];
}

function lineFields({ line }: PayrollEntry): string[] {
  return line.kind === "HOLD"
    ? [line.month, line.reasons.join(" "), line.fromMonth]
    : [line.month, line.resumesMonth ?? "", line.backPayMonths.join(" ")];
}

function csvRow(fields: readonly string[]): string {
  return `${fields.map(spreadsheetField).join(",")}\r\n`;
}
