import { createRequire } from "node:module";
import type { GraphQLSchema } from "graphql";
import { applyMiddleware, type IMiddleware } from "graphql-middleware";
import type * as GraphqlShield from "graphql-shield";
import type { Actor, Scope } from "../domain/actor.js";

// graphql-shield's ESM build does not load on current Node; its CommonJS build does.
const { allow, deny, rule, shield } = createRequire(import.meta.url)(
  "graphql-shield",
) as typeof GraphqlShield;

interface Asking {
  readonly actor: Actor;
  readonly sandbox: boolean;
}

type Check = (asking: Asking) => boolean;

// Never cached: a cached rule lets the second alias of a request through.
const ruleOf = (name: string, check: Check) =>
  rule(name, { cache: "no_cache" })((_source, _args, asking: Asking) => check(asking));

const has =
  (scope: Scope): Check =>
  ({ actor }) =>
    actor.scopes.has(scope);

const readStatus = ruleOf("readStatus", has("status:read"));
const certify = ruleOf(
  "certify",
  ({ actor }) => actor.kind === "CHANNEL" && actor.scopes.has("certification:write"),
);
const readExpiry = ruleOf(
  "readExpiry",
  ({ actor }) => actor.kind === "STAFF" && actor.scopes.has("expiry:read"),
);
const readVisits = ruleOf("readVisits", has("visit:read"));
const workOnVisits = ruleOf("workOnVisits", has("visit:write"));
const cancelVisit = ruleOf(
  "cancelVisit",
  ({ actor }) =>
    actor.scopes.has("visit:write") || (actor.kind === "CHANNEL" && actor.scopes.has("certification:write")),
);
const writeContact = ruleOf("writeContact", has("contact:write"));
const searchPeople = ruleOf(
  "searchPeople",
  ({ actor }) => actor.kind === "STAFF" && actor.scopes.has("contact:write"),
);
const staffWith = (scope: Scope) =>
  ruleOf(`staffWith ${scope}`, ({ actor }) => actor.kind === "STAFF" && actor.scopes.has(scope));
const readAccessLog = staffWith("access-log:read");
const readTimeline = staffWith("timeline:read");
const readPayroll = staffWith("payroll:read");
const readJobs = staffWith("job:read");
const readMessages = staffWith("message:read");
const writeEmployerContact = ruleOf(
  "writeEmployerContact",
  ({ actor }) =>
    actor.scopes.has("contact:write") && (actor.kind === "STAFF" || actor.channel === "EMPLOYER"),
);
const readSuspensions = staffWith("suspension:read");
const approveSuspensions = staffWith("suspension:approve");
const tellLifeEvents = ruleOf("tellLifeEvents", has("life-event:write"));
const readLifeEvents = staffWith("life-event:read");
const readWebhooks = ruleOf(
  "readWebhooks",
  ({ actor }) =>
    actor.scopes.has("webhook:write") || (actor.kind === "STAFF" && actor.scopes.has("webhook:read")),
);
const writeWebhooks = ruleOf("writeWebhooks", has("webhook:write"));
const reveal = staffWith("identity:reveal");
const review = ruleOf("review", ({ actor }) => actor.kind === "STAFF" && actor.scopes.has("review:write"));
const inSandbox = ruleOf("inSandbox", ({ sandbox }) => sandbox);
const certifyInSandbox = ruleOf(
  "certifyInSandbox",
  ({ actor, sandbox }) => sandbox && actor.kind === "CHANNEL" && actor.scopes.has("certification:write"),
);

/**
 * Who may: every root field is listed here, and what is not listed is denied. Rules know the caller's kind and scopes
 * only; whose row it is stands in access.ts.
 */
export const permissions = {
  Query: {
    accessLog: readAccessLog,
    certification: readStatus,
    certificationPreview: readStatus,
    changes: readStatus,
    channels: allow,
    contactTasks: searchPeople,
    expiringCertifications: readExpiry,
    expiryCalendar: readExpiry,
    homeVisits: readVisits,
    jobRuns: readJobs,
    lifeEvents: readLifeEvents,
    messages: readMessages,
    moratoria: readSuspensions,
    // Each kind of node asks access.ts; what may not be seen is null, as is what does not exist.
    node: readStatus,
    payrollHolds: readPayroll,
    payrollReleases: readPayroll,
    pensionerStatus: readStatus,
    pensionerStatuses: readStatus,
    reviewCases: review,
    reviewQueue: review,
    suspensionBatch: readSuspensions,
    timeline: readTimeline,
    viewer: allow,
    webhookDeliveries: readWebhooks,
    webhookEndpoints: readWebhooks,
  },
  Mutation: {
    certificationCancel: certify,
    certificationComplete: certify,
    certificationDecide: review,
    certificationRecord: certify,
    certificationRevoke: review,
    certificationStart: certify,
    contactPhoneReportWrong: writeContact,
    contactPhoneUpdate: writeContact,
    dataMatchCertificationsSubmit: certify,
    employerCertificationsSubmit: certify,
    employerContactUpdate: writeEmployerContact,
    homeVisitCancel: cancelVisit,
    homeVisitComplete: workOnVisits,
    homeVisitDecline: workOnVisits,
    homeVisitRequest: certify,
    homeVisitSchedule: workOnVisits,
    identityReveal: reveal,
    lifeEventCorrect: tellLifeEvents,
    lifeEventDecide: review,
    lifeEventReport: tellLifeEvents,
    lifeEventVoid: tellLifeEvents,
    moratoriumCreate: approveSuspensions,
    moratoriumEnd: approveSuspensions,
    reviewCaseDecide: review,
    sandboxClockAdvance: inSandbox,
    sandboxFaceAssertion: certifyInSandbox,
    suspensionBatchApprove: approveSuspensions,
    webhookDeliveryReplay: writeWebhooks,
    webhookEndpointCreate: writeWebhooks,
    webhookEndpointDelete: writeWebhooks,
    webhookEndpointEnable: writeWebhooks,
    webhookEndpointUpdate: writeWebhooks,
    webhookSecretRotate: writeWebhooks,
  },
};

export const FORBIDDEN_MESSAGE = "FORBIDDEN";

/** Applies the page to the root fields only: wrapping every field of every type costs six times as much on lists. */
export function applyPermissions(schema: GraphQLSchema): GraphQLSchema {
  const generator = shield(permissions, {
    fallbackRule: deny,
    fallbackError: new Error(FORBIDDEN_MESSAGE),
    allowExternalErrors: true,
  });
  const { Query, Mutation } = generator.generate(schema) as unknown as Record<string, object>;
  return applyMiddleware(schema, { Query, Mutation } as IMiddleware);
}
