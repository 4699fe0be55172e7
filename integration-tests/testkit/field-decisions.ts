/**
 * Who may be given a field's value, decided field by field; a field of the schema that is not listed fails the isolation
 * test, so that nobody adds one without deciding.
 */
export type Audience =
  /** Says nothing about a person. */
  | "anyone"
  /** About a person: to a channel that named the person, and to staff. */
  | "named"
  /** About what a client did: to that client and to staff. */
  | "own"
  /** Never to a channel. */
  | "staff";

type Decisions = Readonly<Record<string, Readonly<Partial<Record<Audience, string>>>>>;

/** Object types; fields by audience, separated by blanks. */
const decisions: Decisions = {
  AccessLogConnection: { staff: "edges nodes pageInfo" },
  AccessLogEdge: { staff: "cursor node" },
  AccessLogEntry: { staff: "at clientId clientName operation requestId" },
  Agency: { named: "code districtCode name" },
  Benefit: { named: "agency approvedMonth type" },
  Certification: {
    own: "actor channel decidedAt documents employerCode id method occurredAt pensioner receipt receivedAt rejection reviewDueOn state validThrough waitingDays",
    staff: "decidedBy decisionReason evidence overpaidMonths",
  },
  CertificationCancelPayload: { own: "session", anyone: "userErrors" },
  CertificationConnection: { own: "edges nodes pageInfo" },
  CertificationEdge: { own: "cursor node" },
  CertificationItemResult: { own: "certification", anyone: "index userErrors" },
  CertificationPayload: { own: "certification", anyone: "userErrors" },
  CertificationPreview: { named: "inScope needsConfirmation notice wouldBeValidThrough" },
  CertificationSession: { own: "challenge expiresAt id pensioner state" },
  CertificationStartPayload: { own: "session", anyone: "userErrors" },
  CertificationStatus: {
    named: "anchorMonth explanation firstUnpaidMonth lastCertifiedOn reminderMonths state validThrough",
    own: "pending",
  },
  // About a person whom the channel has served, or to staff.
  Change: { named: "certificationId id occurredAt pensionerId sequence subjectId type" },
  ChangeConnection: { named: "edges nodes pageInfo" },
  ChangeEdge: { named: "cursor node" },
  Channel: { anyone: "code flow methods name" },
  ContactPhonePayload: { anyone: "accepted userErrors", named: "pensioner" },
  ContactTask: { staff: "closedAt employerCode id openedAt pensioner reason seeker" },
  ContactTaskConnection: { staff: "edges nodes pageInfo" },
  ContactTaskEdge: { staff: "cursor node" },
  EmployerCertificationsSubmitPayload: { own: "results", anyone: "userErrors" },
  DataMatchCertificationsSubmitPayload: { own: "results", anyone: "userErrors" },
  EmployerContactPayload: { anyone: "accepted userErrors" },
  EvidenceRecord: { staff: "cameraKind capturedAt dataSource expiresOn kind sha256 shows verifier" },
  ExpiryMonth: { staff: "certified deadlines month outstanding suspended" },
  HandedInDocument: { own: "capturedAt kind position sha256 shows uploaded" },
  // A visit is also its desk's: the street centre of the district, to which alone the contact data is told.
  HomeVisit: {
    own: "address certification closingReason contactName contactPhone districtCode id pensioner reason relation requestedAt state visitOn visitorName",
  },
  HomeVisitConnection: { own: "edges nodes pageInfo" },
  HomeVisitEdge: { own: "cursor node" },
  HomeVisitPayload: { own: "homeVisit", anyone: "userErrors" },
  IdentityRevealPayload: { staff: "identity", anyone: "userErrors" },
  JobCount: { staff: "count name" },
  JobRun: { staff: "counts done failure finishedAt job period startedAt state total workedMs" },
  JobRunConnection: { staff: "edges nodes pageInfo" },
  JobRunEdge: { staff: "cursor node" },
  // Its source sees that it was taken; whom it leads to is for staff (C5, S2).
  LifeEvent: {
    own: "id kind occurredOn reportedAt source sourceReference state",
    staff: "decidedBy document maskedName outcome overpaidMonths pensioner reason updatedAt",
  },
  LifeEventConnection: { staff: "edges nodes pageInfo" },
  LifeEventEdge: { staff: "cursor node" },
  LifeEventPayload: { own: "lifeEvent", anyone: "userErrors" },
  MaskedDocument: { named: "maskedNumber type" },
  Moratorium: {
    staff: "benefitType createdAt createdBy districtCode endedAt fromMonth id reason throughMonth",
  },
  MoratoriumPayload: { staff: "moratorium", anyone: "userErrors" },
  Message: {
    staff:
      "attempts body createdAt failure id kind maskedPhone maybeTwice month pensioner recipient sentAt settledAt state",
  },
  MessageConnection: { staff: "edges nodes pageInfo" },
  MessageEdge: { staff: "cursor node" },
  Notice: { named: "code message nextChannels" },
  PageInfo: { anyone: "endCursor hasNextPage" },
  PaymentStatus: { named: "backPayMonths firstUnpaidMonth reasons resumesMonth state unpaidMonths" },
  PayrollHold: { staff: "fromMonth month pensioner reasons" },
  PayrollHoldConnection: { staff: "checksum cutAt edges nodes pageInfo state total" },
  PayrollHoldEdge: { staff: "cursor node" },
  PayrollRelease: { staff: "backPayMonths month pensioner resumesMonth" },
  PayrollReleaseConnection: { staff: "checksum cutAt edges nodes pageInfo state total" },
  PayrollReleaseEdge: { staff: "cursor node" },
  Pensioner: {
    named: "benefits certificationStatus documents id maskedName maskedPhone paymentStatus version",
    own: "certifications",
    staff: "timeline",
  },
  PensionerConnection: { staff: "edges nodes pageInfo" },
  PensionerEdge: { staff: "cursor node" },
  PensionerLookup: { named: "inScope notice pensioner" },
  Rejection: { own: "code message nextChannels" },
  ReviewCase: {
    staff: "certification closedAt decidedBy decision id kind openedAt pensioner reason",
  },
  ReviewCaseConnection: { staff: "edges nodes pageInfo" },
  ReviewCaseEdge: { staff: "cursor node" },
  ReviewCasePayload: { staff: "reviewCase", anyone: "userErrors" },
  RevealedDocument: { staff: "number type" },
  RevealedIdentity: { staff: "documents name phone" },
  SandboxClockPayload: { anyone: "now runs userErrors" },
  SandboxFaceAssertionPayload: { own: "faceAssertion", anyone: "userErrors" },
  TimelineConnection: { staff: "edges nodes pageInfo" },
  TimelineEdge: { staff: "cursor node" },
  TimelineEntry: { staff: "actor at detail kind policyVersion rule subjectId title" },
  ReminderAttempt: { staff: "month recipient sentAt state" },
  SuspensionBatch: {
    staff:
      "appliedAt approvedAt approvedBy breakers candidateDetails candidates month proposedAt spared state suspended total",
  },
  SuspensionBatchPayload: { staff: "suspensionBatch", anyone: "userErrors" },
  SuspensionCandidate: {
    staff: "decidedAt expectedState explanation pensioner reminders state validThrough",
  },
  SuspensionCandidateConnection: { staff: "edges nodes pageInfo" },
  SuspensionCandidateEdge: { staff: "cursor node" },
  UserError: { anyone: "code message path" },
  Viewer: { anyone: "channel kind name now roles sandbox scopes" },
  WebhookAttempt: { own: "at failure milliseconds status" },
  WebhookDelivery: {
    own: "attempts createdAt eventId id nextAttemptAt replay settledAt state type",
  },
  WebhookDeliveryConnection: { own: "edges nodes pageInfo" },
  WebhookDeliveryEdge: { own: "cursor node" },
  WebhookDeliveryReplayPayload: { own: "replayed", anyone: "userErrors" },
  WebhookEndpoint: {
    own: "clientId createdAt disabledAt disabledReason failingSince id previousKeysUntil publicKey types url",
  },
  WebhookEndpointConnection: { own: "edges nodes pageInfo" },
  WebhookEndpointEdge: { own: "cursor node" },
  WebhookEndpointPayload: { own: "endpoint secret", anyone: "userErrors" },
};

/** "Type.field" to audience. */
export const fieldDecisions: ReadonlyMap<string, Audience> = new Map(
  Object.entries(decisions).flatMap(([type, byAudience]) =>
    Object.entries(byAudience).flatMap(([audience, fields]) =>
      fields.split(" ").map((field) => [`${type}.${field}`, audience as Audience] as const),
    ),
  ),
);
