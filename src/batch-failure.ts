import { GraphQLError } from "graphql";
import type { Language } from "./domain/language.js";
import { type ErrorCode, toPublicError } from "./graphql/errors.js";
import type { TellFailure } from "./operations/line-results.js";

/** What failed is told by the codes that GraphQL has; the first failure of a batch is the one to be logged. */
export function failureTeller(
  occasion: { readonly language: Language; readonly requestId: string },
  onFirst: (error: Error, code: ErrorCode) => void,
): TellFailure {
  let isTold = false;
  return (failure) => {
    const cause = failure instanceof GraphQLError ? (failure.originalError ?? failure) : failure;
    const originalError = cause instanceof Error ? cause : new Error("a failure");
    const wrapped = new GraphQLError("a batch failed", { originalError });
    const { message, extensions } = toPublicError(wrapped, undefined, occasion);
    if (!isTold) onFirst(originalError, extensions.code);
    isTold = true;
    return { code: extensions.code, message };
  };
}
