import { coerceInputValue, type GraphQLSchema, isInputType } from "graphql";
import { Refused } from "../domain/refusals.js";
import type { EmployerItemInput } from "../operations/employer-items.js";

/** Reads lines that each hold what an item of employerCertificationsSubmit holds, as JSON: one definition for both ways. */
export function employerLineReader(schema: GraphQLSchema): (text: string) => EmployerItemInput {
  const type = schema.getType("EmployerCertificationItemInput");
  if (!isInputType(type)) throw new Error("the schema has no item of an employer");
  return (text) => {
    let fault: readonly string[] | undefined;
    const item: unknown = coerceInputValue(parsed(text), type, (path) => {
      fault ??= path.map(String);
    });
    if (fault) throw new Refused("LINE_SHAPE", fault);
    if (item === null || item === undefined) throw new Refused("LINE_SHAPE", []);
    return item as EmployerItemInput;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused("LINE_NOT_JSON", []);
  }
}
