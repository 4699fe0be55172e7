import {
  type RegisterColumn,
  type RegisterProblem,
  registerColumns,
  requiredRegisterColumns,
} from "../domain/register-problems.js";
import type { RegisterRecord } from "../domain/register-row.js";
import { parseCsvLine } from "./csv-line.js";

export type ReadRecord =
  | { readonly ok: true; readonly record: RegisterRecord }
  | { readonly ok: false; readonly problem: RegisterProblem };

/** Reads the record that one line holds. */
export interface RecordReader {
  /** The first line names the columns. */
  readonly hasHeader: boolean;
  read(line: string): ReadRecord;
}

const emptyRecord = Object.fromEntries(registerColumns.map((column) => [column, ""])) as RegisterRecord;
const MAX_NAMES_SHOWN = 10;
const MAX_NAME_LENGTH = 40;

function isColumn(name: string): name is RegisterColumn {
  return (registerColumns as readonly string[]).includes(name);
}

/** A reader for the columns that a CSV header names, in its order; or one message about all that is wrong with it. */
export function csvRecords(
  header: string,
): { readonly ok: true; readonly reader: RecordReader } | { readonly ok: false; readonly message: string } {
  const names = (parseCsvLine(header.trim()) ?? [header]).map((name) => name.trim());
  const message = headerFault(names);
  if (message !== null) return { ok: false, message };
  const columns = names.filter(isColumn);
  const reader: RecordReader = {
    hasHeader: true,
    read: (line) => {
      const fields = parseCsvLine(line);
      if (fields === null) return failed({ code: "NOT_CSV" });
      if (fields.length !== columns.length) return failed({ code: "WRONG_COLUMN_COUNT" });
      const record: Record<RegisterColumn, string> = { ...emptyRecord };
      columns.forEach((column, index) => {
        record[column] = fields[index] ?? "";
      });
      return { ok: true, record };
    },
  };
  return { ok: true, reader };
}

function headerFault(names: readonly string[]): string | null {
  const missing = requiredRegisterColumns.filter((column) => !names.includes(column));
  const unknown = names.filter((name) => !isColumn(name));
  const repeated = registerColumns.filter((column) => names.filter((name) => name === column).length > 1);
  if (missing.length + unknown.length + repeated.length === 0) return null;
  const faults = [
    missing.length > 0 ? `missing ${missing.join(", ")}` : "",
    unknown.length > 0 ? `unknown ${shown(unknown, missing.length === requiredRegisterColumns.length)}` : "",
    repeated.length > 0 ? `given twice ${repeated.join(", ")}` : "",
  ].filter((fault) => fault !== "");
  return `the first line must name the columns ${registerColumns.join(",")}: ${faults.join("; ")}`;
}

/** A file without a header has a person in its first line: then only what cannot be personal is repeated. */
function shown(names: readonly string[], mayBePersonal: boolean): string {
  const showable = names
    .filter((name) => !mayBePersonal || /^[a-z][a-z_]*$/.test(name))
    .slice(0, MAX_NAMES_SHOWN);
  const quoted = showable.map((name) => JSON.stringify(name.slice(0, MAX_NAME_LENGTH)));
  const rest = names.length - showable.length;
  return [...quoted, ...(rest > 0 ? [`${rest} ${quoted.length > 0 ? "more" : "names"}`] : [])].join(", ");
}

/** A reader for lines that are JSON objects with the columns as keys; null stands for an empty value. */
export function jsonRecords(): RecordReader {
  return {
    hasHeader: false,
    read: (line) => {
      const value = parsed(line);
      if (value === null || typeof value !== "object" || Array.isArray(value))
        return failed({ code: "NOT_JSON" });
      const record: Record<RegisterColumn, string> = { ...emptyRecord };
      for (const [name, item] of Object.entries(value)) {
        if (!isColumn(name)) return failed({ code: "UNKNOWN_COLUMN" });
        if (item !== null && typeof item !== "string") return failed({ code: "NOT_A_STRING", column: name });
        record[name] = item ?? "";
      }
      return { ok: true, record };
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function failed(problem: RegisterProblem): ReadRecord {
  return { ok: false, problem };
}
