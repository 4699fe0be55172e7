import { coerceInputValue, type GraphQLSchema, isInputType } from "graphql";
import { Refused } from "../domain/refusals.js";

/** Reads lines that each hold, as JSON, what an input type of the schema holds: one definition for both ways. */
export function itemLineReader<T>(schema: GraphQLSchema, typeName: string): (text: string) => T {
  const type = schema.getType(typeName);
  if (!isInputType(type)) throw new Error(`the schema has no input type ${typeName}`);
  return (text) => {
    let fault: readonly string[] | undefined;
    const item: unknown = coerceInputValue(parsed(text), type, (path) => {
      fault ??= path.map(String);
    });
    if (fault) throw new Refused("LINE_SHAPE", fault);
    if (item === null || item === undefined) throw new Refused("LINE_SHAPE", []);
    return item as T;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused("LINE_NOT_JSON", []);
  }
}
