const QUOTE = '"';
const COMMA = ",";

/**
 * The fields of one line of RFC 4180; null when a quote is not closed or stands in the wrong place. A record never
 * continues on the next line: a stray quote would otherwise swallow the lines after it.
 */
export function parseCsvLine(line: string): string[] | null {
  if (!line.includes(QUOTE)) return line.split(COMMA);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = line[at] === QUOTE ? quotedField(line, at) : plainField(line, at);
    if (field === null) return null;
    fields.push(field.value);
    if (field.end === line.length) return fields;
    if (line[field.end] !== COMMA) return null;
    at = field.end + 1;
  }
}

interface Field {
  readonly value: string;
  /** Where its comma or the end of the line is. */
  readonly end: number;
}

function plainField(line: string, start: number): Field | null {
  const comma = line.indexOf(COMMA, start);
  const end = comma === -1 ? line.length : comma;
  const value = line.slice(start, end);
  return value.includes(QUOTE) ? null : { value, end };
}

function quotedField(line: string, start: number): Field | null {
  let value = "";
  let from = start + 1;
  for (;;) {
    const quote = line.indexOf(QUOTE, from);
    if (quote === -1) return null;
    value += line.slice(from, quote);
    if (line[quote + 1] !== QUOTE) return { value, end: quote + 1 };
    value += QUOTE;
    from = quote + 2;
  }
}

/** One field as it is written in a CSV file. */
export function csvField(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/**
 * One field for people who open the file in a spreadsheet: what would be read as a formula gets an apostrophe before it
 * and is quoted.
 */
export function spreadsheetField(value: string): string {
  return /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value)
    ? `"'${value.replaceAll('"', '""')}"`
    : csvField(value);
}
