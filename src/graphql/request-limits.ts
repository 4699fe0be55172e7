import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { type DocumentNode, GraphQLError, Kind, visit } from "graphql";
import type { BudgetState } from "../auth/rate-limits.js";
import { asGraphQLError, type RequestContext } from "./context.js";
import { weightOf } from "./document-limits.js";
import { costOfOperation } from "./query-cost.js";
import { refuseLargeVariables } from "./variable-limits.js";

interface Charge {
  readonly requested: number;
  /** Never refunded. */
  readonly least: number;
  state: BudgetState;
}

/**
 * What is decided between validation and execution: the operation exists, may introspect, is not too large, and the
 * client's budget holds its cost. The cost is charged before and refunded down to what was given.
 */
export function requestLimits(options: {
  readonly openIntrospection: boolean;
}): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => {
      let charge: Charge | undefined;
      return {
        didResolveOperation: async (request) => {
          const { schema, document, operation, contextValue } = request;
          const variables = request.request.variables ?? {};
          if (!operation) return;
          // Validation lets a kind of operation pass that the schema has not.
          if (!schema.getRootType(operation.operation)) throw refusal("GRAPHQL_VALIDATION_FAILED");
          refuseLargeVariables(variables);
          if (!options.openIntrospection && contextValue.actor.kind !== "STAFF" && introspects(document)) {
            throw refusal("FORBIDDEN");
          }
          const least = weightOf(document);
          const requested = Math.max(least, costOfOperation(schema, document, operation, variables));
          charge = { requested, least, state: await chargeCost(contextValue, requested) };
        },
        willSendResponse: async (request) => {
          if (charge) report(request, charge);
        },
      };
    },
  };
}

async function chargeCost({ services, actor }: RequestContext, points: number): Promise<BudgetState> {
  return services.rateLimits.chargeCost(actor, points).catch(asGraphQLError);
}

function refusal(code: "GRAPHQL_VALIDATION_FAILED" | "FORBIDDEN"): GraphQLError {
  return new GraphQLError(code, { extensions: { code, http: { status: 400 } } });
}

function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    [Kind.FIELD]: (node) => {
      if (node.name.value === "__schema" || node.name.value === "__type") found = true;
    },
  });
  return found;
}

/** `extensions.cost` and the RateLimit headers, after the refund. */
function report(
  { response, contextValue }: GraphQLRequestContextWillSendResponse<RequestContext>,
  charge: Charge,
): void {
  if (response.body.kind !== "single") return;
  const { singleResult } = response.body;
  const given = Math.max(charge.least, 1 + countObjects(singleResult.data));
  const actual = Math.min(charge.requested, given);
  const { services, actor } = contextValue;
  if (actual < charge.requested)
    charge.state = services.rateLimits.refundCost(actor, charge.requested - actual);
  const { limit, remaining, restoredPerSecond } = charge.state;
  const cost = { requested: charge.requested, actual, limit, remaining, restoredPerSecond };
  singleResult.extensions = { ...singleResult.extensions, cost };
  response.http.headers.set(
    "ratelimit-policy",
    `"cost";q=${limit};w=${Math.ceil(limit / restoredPerSecond)}`,
  );
  response.http.headers.set(
    "ratelimit",
    `"cost";r=${remaining};t=${Math.ceil((limit - remaining) / restoredPerSecond)}`,
  );
}

function countObjects(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countObjects(item), 0);
  if (value === null || typeof value !== "object") return 0;
  let count = 1;
  for (const item of Object.values(value)) count += typeof item === "object" ? countObjects(item) : 0;
  // The root object is the request itself.
  return count;
}
