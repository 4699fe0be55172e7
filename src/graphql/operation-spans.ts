import type { ApolloServerPlugin } from "@apollo/server";
import { type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { Kind, type OperationDefinitionNode } from "graphql";
import type { RequestContext } from "./context.js";
import { errorCodes } from "./errors.js";

/** Does nothing until the process is started with an OpenTelemetry SDK. */
const tracer = trace.getTracer("changqing");
const spans = new WeakMap<RequestContext, Span>();

const NAMED = 3;
/** What the service could not do, as against what a client may not. */
const faults: readonly string[] = [
  "INTERNAL_SERVER_ERROR",
  "UPSTREAM_UNAVAILABLE",
] satisfies (keyof typeof errorCodes)[];

/** A span around a request's GraphQL; what the database is asked meanwhile lies in it. */
export function inOperationSpan<T>(context: RequestContext, work: () => Promise<T>): Promise<T> {
  const attributes = { "changqing.request_id": context.requestId };
  return tracer.startActiveSpan("graphql", { attributes }, async (span) => {
    spans.set(context, span);
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

/**
 * Names the span by kind and root fields, e.g. `query pensionerStatus`. Those are the schema's words; the operation's own
 * name, its document and its variables are the client's, may hold anything, and are left out.
 */
export const operationSpans = (
  current: () => RequestContext | undefined,
): ApolloServerPlugin<RequestContext> => ({
  requestDidStart: async () => {
    // Apollo hands its plugins a copy of the context.
    const context = current();
    const span = context && spans.get(context);
    return {
      didResolveOperation: async ({ operation }) => {
        if (!operation || !span) return;
        span.updateName(nameOf(operation));
        span.setAttribute("graphql.operation.type", operation.operation);
      },
      willSendResponse: async ({ response }) => {
        const errors = response.body.kind === "single" ? (response.body.singleResult.errors ?? []) : [];
        const code = errors[0]?.extensions?.["code"];
        if (!span || typeof code !== "string" || !(code in errorCodes)) return;
        span.setAttribute("changqing.error_code", code);
        if (faults.includes(code)) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      },
    };
  },
});

function nameOf({ operation, selectionSet }: OperationDefinitionNode): string {
  const fields = selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );
  const named = [...new Set(fields)].slice(0, NAMED);
  return named.length === 0 ? operation : `${operation} ${named.join(", ")}`;
}
