import type { IdentityDocument } from "../domain/document-number.js";
import type { RegisterProblem } from "../domain/register-problems.js";
import type { RegisterLine, RegisterRow } from "../domain/register-row.js";
import { newPensionerKey, type PensionerKey } from "../storage/ids.js";
import { documentIndexes, nameIndex, phoneIndex } from "../storage/pensioner-index.js";
import { places, type Sealing } from "../storage/sealing.js";

/** Why a line was left out. */
export interface LineProblem extends RegisterProblem {
  readonly line: number;
}

/** What a person's rows would be if the person were new; costs too much to make for those who are not. */
export interface Draft {
  readonly key: PensionerKey;
  readonly row: RegisterRow;
  readonly numberSealed: Buffer;
  readonly nameSealed: Buffer;
  readonly nameIndex: Buffer;
  readonly phoneSealed: Buffer | null;
  readonly phoneIndex: Buffer | null;
}

/** The lines of a batch about one document. */
export interface Entry {
  readonly document: IdentityDocument;
  /** Under which the document is added. */
  readonly index: Buffer;
  /** Under which it may be found: `index` and those of other versions. */
  readonly indexes: readonly Buffer[];
  readonly rows: { readonly line: number; readonly row: RegisterRow }[];
  draft: Draft | null;
}

/** Lines that go into the database in one transaction, gathered by document. */
export class RegisterBatch {
  lines = 0;
  lastLine = 0;
  readBytes = 0;
  readonly problems: LineProblem[] = [];
  readonly #entries = new Map<string, Entry>();

  constructor(
    readonly sealing: Sealing,
    /** Seal every person as if new: right when most are, as in a first import. */
    readonly sealAhead: boolean,
  ) {}

  get documents(): number {
    return this.#entries.size;
  }

  /** In the order of their indexes, so that two imports never wait for each other in a ring. */
  get entries(): Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.index.compare(b.index));
  }

  add(line: RegisterLine): void {
    this.lines += 1;
    this.lastLine = line.number;
    this.readBytes = line.readBytes;
    if (!line.parsed.ok) {
      this.problems.push({ line: line.number, ...line.parsed.problem });
      return;
    }
    const { row } = line.parsed;
    const name = `${row.document.type}|${row.document.number}`;
    let entry = this.#entries.get(name);
    if (!entry) {
      const indexes = documentIndexes(this.sealing, row.document);
      const [index] = indexes;
      if (!index) throw new Error("a document without an index");
      entry = {
        document: row.document,
        index,
        indexes,
        rows: [],
        draft: this.sealAhead ? draftOf(this.sealing, row) : null,
      };
      this.#entries.set(name, entry);
    }
    entry.rows.push({ line: line.number, row });
  }
}

/** Seals a person's first row under a new id. */
export function draftOf(sealing: Sealing, row: RegisterRow): Draft {
  const key = newPensionerKey();
  const id = key.pensionerId;
  return {
    key,
    row,
    numberSealed: sealing.seal(row.document.number, places.documentNumber(id)),
    nameSealed: sealing.seal(row.displayName, places.pensionerName(id)),
    nameIndex: nameIndex(sealing, id, row.comparableName),
    phoneSealed: row.phone === null ? null : sealing.seal(row.phone, places.pensionerPhone(id)),
    phoneIndex: row.phone === null ? null : phoneIndex(sealing, row.phone),
  };
}
