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
import { type PublicError, toPublicError } from "./errors.js";
import { refuseTooComplex } from "./query-cost.js";

export interface GraphQLEndpoint extends AsyncDisposable {
  execute(
    request: { readonly headers: Iterable<[string, string]>; readonly body: unknown },
    context: RequestContext,
  ): Promise<HTTPGraphQLResponse>;
}

export interface GraphQLEndpointOptions {
  readonly schema: GraphQLSchema;
  /** Introspection is for the sandbox and for staff; documents of production channels are known beforehand. */
  readonly introspection: boolean;
  readonly onError: (told: PublicError, error: unknown, context: RequestContext) => void;
}

const MAX_TOKENS = 4_000;
const MAX_FAULTS = 5;

/** Apollo Server without what costs time or tells too much: no cache hints, no landing page, no stack, no raw message. */
export async function createGraphQLEndpoint(options: GraphQLEndpointOptions): Promise<GraphQLEndpoint> {
  const requests = new AsyncLocalStorage<RequestContext>();
  const server = new ApolloServer<RequestContext>({
    schema: options.schema,
    introspection: options.introspection,
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
      {
        requestDidStart: async () => ({
          didResolveOperation: async ({ schema, document, operation, request }) => {
            if (!operation) return;
            // Validation lets a kind of operation pass that the schema has not.
            if (!schema.getRootType(operation.operation)) {
              const extensions = { code: "GRAPHQL_VALIDATION_FAILED", http: { status: 400 } };
              throw new GraphQLError("no such kind of operation", { extensions });
            }
            refuseTooComplex(schema, document, operation, request.variables ?? {});
          },
        }),
      },
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
    execute: ({ headers, body }, context) =>
      requests.run(context, () =>
        server.executeHTTPGraphQLRequest({
          httpGraphQLRequest: { method: "POST", headers: new HeaderMap(headers), search: "", body },
          context: async () => context,
        }),
      ),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
