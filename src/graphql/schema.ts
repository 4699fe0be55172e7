import { type GraphQLObjectType, type GraphQLSchema, isInputObjectType } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { applyPermissions } from "../auth/permissions.js";
import { AccessLogResolver } from "./access-log.resolver.js";
import { CertificationResolver, CertificationSessionResolver } from "./certification.resolver.js";
import { Certification, CertificationSession } from "./certification.types.js";
import { ChangeResolver } from "./change.resolver.js";
import { ContactResolver, ContactTaskResolver } from "./contact.resolver.js";
import { ContactTask } from "./contact.types.js";
import { DataMatchResolver } from "./data-match.resolver.js";
import { EmployerResolver, HandedInResolver } from "./employer.resolver.js";
import { ExpiryResolver } from "./expiry.resolver.js";
import { HomeVisitResolver } from "./home-visit.resolver.js";
import { HomeVisit } from "./home-visit.types.js";
import { JobResolver } from "./job.resolver.js";
import { LifeEventFieldsResolver, LifeEventResolver } from "./life-event.resolver.js";
import { LifeEvent } from "./life-event.types.js";
import { MessageResolver, MessagesResolver } from "./message.resolver.js";
import { Message } from "./message.types.js";
import { MoratoriumResolver } from "./moratorium.resolver.js";
import { NodeResolver } from "./node.resolver.js";
import { PayrollResolver } from "./payroll.resolver.js";
import { CertificationStatusResolver, PensionerResolver } from "./pensioner.resolver.js";
import { Pensioner } from "./pensioner.types.js";
import { RecordResolver } from "./record.resolver.js";
import { CertificationEvidenceResolver, ReviewResolver } from "./review.resolver.js";
import { ReviewCaseFieldsResolver, ReviewCaseResolver } from "./review-case.resolver.js";
import { ReviewCase } from "./review-case.types.js";
import { SandboxResolver } from "./sandbox.resolver.js";
import { DateScalar, DateTimeScalar, YearMonthScalar } from "./scalars.js";
import { SuspensionCandidateResolver, SuspensionResolver } from "./suspension.resolver.js";
import { TimelineResolver } from "./timeline.resolver.js";
import { ViewerResolver } from "./viewer.resolver.js";
import { WebhookResolver } from "./webhook.resolver.js";

/** Inputs of which exactly one field is given. */
const oneOfInputs = ["ActorInput", "EvidenceInput"];

/** The schema without permissions: for emitting and for comparing. */
export function buildPlainSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      AccessLogResolver,
      CertificationEvidenceResolver,
      CertificationResolver,
      CertificationSessionResolver,
      CertificationStatusResolver,
      ChangeResolver,
      ContactResolver,
      ContactTaskResolver,
      DataMatchResolver,
      EmployerResolver,
      ExpiryResolver,
      HandedInResolver,
      HomeVisitResolver,
      JobResolver,
      MoratoriumResolver,
      MessageResolver,
      MessagesResolver,
      LifeEventFieldsResolver,
      LifeEventResolver,
      NodeResolver,
      PayrollResolver,
      PensionerResolver,
      RecordResolver,
      ReviewCaseFieldsResolver,
      ReviewCaseResolver,
      ReviewResolver,
      SandboxResolver,
      TimelineResolver,
      SuspensionCandidateResolver,
      SuspensionResolver,
      ViewerResolver,
      WebhookResolver,
    ],
    orphanedTypes: [
      Certification,
      CertificationSession,
      ContactTask,
      HomeVisit,
      LifeEvent,
      Message,
      Pensioner,
      ReviewCase,
    ],
    scalarsMap: [
      { type: Temporal.PlainDate, scalar: DateScalar },
      { type: Temporal.PlainYearMonth, scalar: YearMonthScalar },
      { type: Temporal.Instant, scalar: DateTimeScalar },
    ],
    validate: false,
  });
  describeRoot(schema.getQueryType(), "Reading (查询). Every read of a person is logged.");
  describeRoot(
    schema.getMutationType(),
    "Writing (操作). Each takes one input; repeat it with the same idempotencyKey at will.",
  );
  // type-graphql has no @oneOf; graphql-js takes it from this flag, prints it and enforces it.
  for (const name of oneOfInputs) {
    const type = schema.getType(name);
    if (!isInputObjectType(type)) throw new Error(`${name} is not an input type`);
    type.isOneOf = true;
  }
  return schema;
}

function describeRoot(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) type.description = description;
}

/** The schema that is served: every root field behind the permissions page. */
export function buildServedSchema(): GraphQLSchema {
  return applyPermissions(buildPlainSchema());
}
