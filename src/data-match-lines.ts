import { z } from "zod";
import { documentTypes } from "./domain/document-number.js";
import { dataSources } from "./domain/evidence-kinds.js";
import { DateTimeScalar } from "./graphql/scalars.js";
import type { DataMatchItemInput } from "./operations/submit-data-matches.js";

/** A line holds what an item of dataMatchCertificationsSubmit holds. */
const line = z.strictObject({
  subject: z.strictObject({
    name: z.string(),
    document: z.strictObject({ type: z.enum(documentTypes), number: z.string() }),
  }),
  evidence: z.strictObject({
    source: z.enum(dataSources),
    eventAt: z.string().transform((text, context) => {
      try {
        return DateTimeScalar.parseValue(text) as Temporal.Instant;
      } catch {
        context.addIssue({ code: "custom", message: "not an instant" });
        return z.NEVER;
      }
    }),
    sourceReference: z.string(),
  }),
});

export type ParsedLine =
  | { readonly ok: true; readonly item: DataMatchItemInput }
  | { readonly ok: false; readonly message: string; readonly path: readonly string[] };

/** Never repeats a value of the line: all of them may be personal. */
export function parseDataMatchLine(text: string | null): ParsedLine {
  if (text === null) return { ok: false, message: "The line is too long or not UTF-8.", path: [] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, message: "The line is not JSON.", path: [] };
  }
  const parsed = line.safeParse(value);
  if (parsed.success) return { ok: true, item: parsed.data };
  const [issue] = parsed.error.issues;
  return {
    ok: false,
    message: "A member is missing, unknown or not of its type.",
    path: (issue?.path ?? []).map(String),
  };
}
