import { AsyncLocalStorage } from "node:async_hooks";
import { ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { RequestContext } from "./context.js";
import { documentLimits, nestsTooDeep } from "./document-limits.js";
import { type PublicError, publicError, toPublicError } from "./errors.js";
import { inOperationSpan, operationSpans } from "./operation-spans.js";
import { requestLimits } from "./request-limits.js";

export interface GraphQLEndpoint extends AsyncDisposable {
  execute(
    request: { readonly headers: Iterable<[string, string]>; readonly body: unknown },
    context: RequestContext,
  ): Promise<HTTPGraphQLResponse>;
}

export interface GraphQLEndpointOptions {
  readonly schema: GraphQLSchema;
  /** True in the sandbox; elsewhere introspection is for staff. */
  readonly openIntrospection: boolean;
  readonly onError: (told: PublicError, error: unknown, context: RequestContext) => void;
}

const MAX_TOKENS = 4_000;
const MAX_FAULTS = 5;

/** Apollo Server without what costs time or tells too much: no cache hints, no landing page, no stack, no raw message. */
export async function createGraphQLEndpoint(options: GraphQLEndpointOptions): Promise<GraphQLEndpoint> {
  const requests = new AsyncLocalStorage<RequestContext>();
  const server = new ApolloServer<RequestContext>({
    schema: options.schema,
    // Whose introspection is answered is decided request by request.
    introspection: true,
    validationRules: [...documentLimits],
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationOptions: { maxErrors: MAX_FAULTS },
    stopOnTerminationSignals: false,
    nodeEnv: "production",
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      // Before what may refuse: a refused request has its name too.
      operationSpans(() => requests.getStore()),
      requestLimits({ openIntrospection: options.openIntrospection }),
    ],
    formatError: (formatted, error) => {
      const context = requests.getStore();
      if (!context) throw new Error("an error outside a request");
      const graphqlError =
        error instanceof GraphQLError ? error : new GraphQLError("error", { originalError: error as Error });
      const told = toPublicError(graphqlError, formatted.extensions?.code, context);
      options.onError(told, graphqlError.originalError ?? graphqlError, context);
      return told;
    },
  });
  await server.start();
  return {
    execute: async ({ headers, body }, context) => {
      const query = (body as { readonly query?: unknown } | null)?.query;
      if (typeof query === "string" && nestsTooDeep(query)) {
        const told = publicError("QUERY_TOO_COMPLEX", context);
        options.onError(told, undefined, context);
        return refusalOf(told);
      }
      return inOperationSpan(context, () =>
        requests.run(context, () =>
          server.executeHTTPGraphQLRequest({
            httpGraphQLRequest: { method: "POST", headers: new HeaderMap(headers), search: "", body },
            context: async () => context,
          }),
        ),
      );
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function refusalOf(told: PublicError): HTTPGraphQLResponse {
  const headers = new HeaderMap([["content-type", "application/json; charset=utf-8"]]);
  return { status: 400, headers, body: { kind: "complete", string: JSON.stringify({ errors: [told] }) } };
}
