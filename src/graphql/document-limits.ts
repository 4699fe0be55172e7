import { GraphQLError, Kind, type ValidationContext, type ValidationRule } from "graphql";

export const MAX_ALIASES = 30;
export const MAX_ROOT_FIELDS = 20;
export const MAX_FIELDS = 500;

/** Limits on documents that are counted before execution, whatever the variables say. */
export const documentLimits: readonly ValidationRule[] = [oneOperation, fewFields];

export const ONE_OPERATION = "Only one operation a document is served.";

/** One operation a document: a second one could only be there to be named by mistake or by an attacker. */
function oneOperation(context: ValidationContext) {
  let operations = 0;
  return {
    [Kind.OPERATION_DEFINITION]: () => {
      operations += 1;
      if (operations === 2) context.reportError(new GraphQLError(ONE_OPERATION));
      return undefined;
    },
  };
}

/** Counted as written, fragments once: their spreads multiply only what the cost of objects counts. */
function fewFields(context: ValidationContext) {
  let fields = 0;
  let aliases = 0;
  return {
    [Kind.FIELD]: (node: { readonly alias?: unknown }) => {
      fields += 1;
      if (node.alias) aliases += 1;
      if (fields === MAX_FIELDS + 1) context.reportError(tooComplex("too many fields"));
      if (aliases === MAX_ALIASES + 1) context.reportError(tooComplex("too many aliases"));
      return undefined;
    },
  };
}

/** Apollo gives every fault of a document one code, so the message marks those that are about size. */
export const DOCUMENT_TOO_LARGE = "the document is too large: ";

function tooComplex(what: string): GraphQLError {
  return new GraphQLError(DOCUMENT_TOO_LARGE + what);
}

/** graphql-js parses, validates and prints by recursion: a document of brackets alone would exhaust the stack. */
export const MAX_NESTING = 200;

/** Looks at the text, before it is parsed. Brackets in strings count too; no honest document has so many unclosed ones. */
export function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (let position = 0; position < text.length; position += 1) {
    switch (text.charAt(position)) {
      case "{":
      case "[":
      case "(":
        depth += 1;
        if (depth > MAX_NESTING) return true;
        break;
      case "}":
      case "]":
      case ")":
        depth -= 1;
    }
  }
  return false;
}
