import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  Kind,
  type ValidationContext,
  type ValidationRule,
  visit,
} from "graphql";

export const MAX_ALIASES = 30;
export const MAX_FIELDS = 500;

/** Limits on documents that are counted before execution, whatever the variables say. */
export const documentLimits: readonly ValidationRule[] = [smallDocument, treeAlone];

export const ONE_OPERATION = "Only one operation a document is served.";

/**
 * One operation a document: a second one could only be there to be named by mistake or by an attacker. Fields are counted
 * as written, fragments once: their spreads multiply only what the cost of objects counts.
 */
function smallDocument(context: ValidationContext) {
  return {
    [Kind.DOCUMENT]: (document: DocumentNode) => {
      const faults = faultsOfSize(document);
      for (const fault of faults) context.reportError(fault);
      // Other rules compare each field with each other one; what is refused already is not worth it, nor paid for.
      if (faults.length > 0) (document.definitions as DefinitionNode[]).length = 0;
      return undefined;
    },
  };
}

const FIELDS_A_POINT = 10;
const weights = new WeakMap<DocumentNode, number>();

/** Points that reading a document costs whatever it gives: one for each ten fields. Counted once a document. */
export function weightOf(document: DocumentNode): number {
  const known = weights.get(document);
  if (known !== undefined) return known;
  let fields = 0;
  visit(document, {
    [Kind.FIELD]: () => {
      fields += 1;
    },
  });
  const weight = Math.ceil(fields / FIELDS_A_POINT);
  weights.set(document, weight);
  return weight;
}

function faultsOfSize(document: DocumentNode): GraphQLError[] {
  let operations = 0;
  let fields = 0;
  let aliases = 0;
  visit(document, {
    [Kind.OPERATION_DEFINITION]: () => {
      operations += 1;
    },
    [Kind.FIELD]: (node) => {
      fields += 1;
      if (node.alias) aliases += 1;
    },
  });
  return [
    ...(operations > 1 ? [new GraphQLError(ONE_OPERATION)] : []),
    ...(fields > MAX_FIELDS ? [tooComplex("too many fields")] : []),
    ...(aliases > MAX_ALIASES ? [tooComplex("too many aliases")] : []),
  ];
}

/**
 * Apollo keeps documents that are valid, and reckons the size of their trees. Each node's place in the text would keep the
 * text too, and all its comments: far more than is reckoned. Places are for the faults that other rules have found by now.
 */
function treeAlone() {
  return {
    [Kind.DOCUMENT]: {
      leave: (document: DocumentNode) => {
        visit(document, {
          enter: (node: ASTNode) => {
            delete (node as { loc?: unknown }).loc;
          },
        });
        return undefined;
      },
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
