/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment PensionerSummary on Pensioner {\n  id\n  maskedName\n  maskedPhone\n  version\n  documents {\n    type\n    maskedNumber\n  }\n  benefits {\n    type\n    approvedMonth\n    agency {\n      code\n      name\n      districtCode\n    }\n  }\n  certificationStatus {\n    state\n    anchorMonth\n    validThrough\n    reminderMonths\n    firstUnpaidMonth\n    lastCertifiedOn\n    explanation\n    pending {\n      id\n      state\n      channel {\n        code\n      }\n    }\n  }\n  paymentStatus {\n    state\n    reasons\n    firstUnpaidMonth\n    unpaidMonths\n    resumesMonth\n    backPayMonths\n  }\n}\n\nfragment NoticeText on Notice {\n  code\n  message\n  nextChannels {\n    code\n    name\n  }\n}\n\nfragment CertificationSummary on Certification {\n  id\n  state\n  channel {\n    code\n    name\n  }\n  method\n  actor\n  occurredAt\n  receivedAt\n  decidedAt\n  reviewDueOn\n  validThrough\n  rejection {\n    code\n    message\n    nextChannels {\n      code\n      name\n    }\n  }\n}\n\nfragment HomeVisitSummary on HomeVisit {\n  id\n  state\n  reason\n  relation\n  districtCode\n  requestedAt\n  visitOn\n  closingReason\n}\n\nfragment HomeVisitContact on HomeVisit {\n  address\n  contactName\n  contactPhone\n  visitorName\n}\n\nfragment WebhookEndpointSummary on WebhookEndpoint {\n  id\n  clientId\n  url\n  types\n  publicKey\n  createdAt\n  previousKeysUntil\n  failingSince\n  disabledAt\n  disabledReason\n}": typeof types.PensionerSummaryFragmentDoc,
    "query AccessLog($pensionerId: ID!, $first: Int! = 20, $after: String) {\n  accessLog(pensionerId: $pensionerId, first: $first, after: $after) {\n    nodes {\n      at\n      clientId\n      clientName\n      operation\n      requestId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.AccessLogDocument,
    "mutation CertificationCancel($input: CertificationCancelInput!) {\n  certificationCancel(input: $input) {\n    session {\n      id\n      state\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.CertificationCancelDocument,
    "mutation CertificationComplete($input: CertificationCompleteInput!) {\n  certificationComplete(input: $input) {\n    certification {\n      ...CertificationSummary\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.CertificationCompleteDocument,
    "mutation CertificationDecide($input: CertificationDecideInput!) {\n  certificationDecide(input: $input) {\n    certification {\n      ...CertificationSummary\n      decidedBy\n      decisionReason\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.CertificationDecideDocument,
    "query CertificationPreview($subject: SubjectInput!) {\n  certificationPreview(subject: $subject) {\n    inScope\n    wouldBeValidThrough\n    needsConfirmation\n    notice {\n      ...NoticeText\n    }\n  }\n}": typeof types.CertificationPreviewDocument,
    "mutation CertificationRecord($input: CertificationRecordInput!) {\n  certificationRecord(input: $input) {\n    certification {\n      ...CertificationSummary\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.CertificationRecordDocument,
    "mutation CertificationRevoke($input: CertificationRevokeInput!) {\n  certificationRevoke(input: $input) {\n    certification {\n      ...CertificationSummary\n      decidedBy\n      decisionReason\n      overpaidMonths\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.CertificationRevokeDocument,
    "mutation CertificationStart($input: CertificationStartInput!) {\n  certificationStart(input: $input) {\n    session {\n      id\n      state\n      challenge\n      expiresAt\n      pensioner {\n        maskedName\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.CertificationStartDocument,
    "query Certification($id: ID!) {\n  certification(id: $id) {\n    ...CertificationSummary\n    receipt\n    pensioner {\n      maskedName\n    }\n  }\n}": typeof types.CertificationDocument,
    "query Changes($first: Int!, $after: String) {\n  changes(first: $first, after: $after) {\n    nodes {\n      id\n      type\n      occurredAt\n      sequence\n      pensionerId\n      subjectId\n      certificationId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.ChangesDocument,
    "query Channels {\n  channels {\n    code\n    name\n    flow\n    methods\n  }\n}": typeof types.ChannelsDocument,
    "mutation ContactPhoneReportWrong($input: ContactPhoneReportWrongInput!) {\n  contactPhoneReportWrong(input: $input) {\n    accepted\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.ContactPhoneReportWrongDocument,
    "mutation ContactPhoneUpdate($input: ContactPhoneUpdateInput!) {\n  contactPhoneUpdate(input: $input) {\n    accepted\n    pensioner {\n      id\n      maskedName\n      maskedPhone\n      version\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.ContactPhoneUpdateDocument,
    "query ContactTasks($filter: ContactTaskFilter, $first: Int!, $after: String) {\n  contactTasks(filter: $filter, first: $first, after: $after) {\n    nodes {\n      id\n      reason\n      employerCode\n      seeker {\n        code\n        name\n      }\n      openedAt\n      closedAt\n      pensioner {\n        id\n        maskedName\n        maskedPhone\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.ContactTasksDocument,
    "mutation DataMatchCertificationsSubmit($input: DataMatchCertificationsSubmitInput!) {\n  dataMatchCertificationsSubmit(input: $input) {\n    results {\n      index\n      certification {\n        ...CertificationSummary\n      }\n      userErrors {\n        code\n        message\n        path\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.DataMatchCertificationsSubmitDocument,
    "mutation EmployerCertificationsSubmit($input: EmployerCertificationsSubmitInput!) {\n  employerCertificationsSubmit(input: $input) {\n    results {\n      index\n      certification {\n        ...CertificationSummary\n        pensioner {\n          ...PensionerSummary\n        }\n      }\n      userErrors {\n        code\n        message\n        path\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.EmployerCertificationsSubmitDocument,
    "query ExpiringCertifications($filter: ExpiryFilter!, $first: Int!, $after: String) {\n  expiringCertifications(filter: $filter, first: $first, after: $after) {\n    nodes {\n      id\n      maskedName\n      certificationStatus {\n        state\n        validThrough\n        firstUnpaidMonth\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.ExpiringCertificationsDocument,
    "query ExpiryCalendar($filter: ExpiryFilter!) {\n  expiryCalendar(filter: $filter) {\n    month\n    deadlines\n    certified\n    outstanding\n    suspended\n  }\n}": typeof types.ExpiryCalendarDocument,
    "mutation HomeVisitCancel($input: HomeVisitCancelInput!) {\n  homeVisitCancel(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.HomeVisitCancelDocument,
    "mutation HomeVisitComplete($input: HomeVisitCompleteInput!) {\n  homeVisitComplete(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n      certification {\n        ...CertificationSummary\n      }\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.HomeVisitCompleteDocument,
    "mutation HomeVisitDecline($input: HomeVisitDeclineInput!) {\n  homeVisitDecline(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.HomeVisitDeclineDocument,
    "mutation HomeVisitRequest($input: HomeVisitRequestInput!) {\n  homeVisitRequest(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.HomeVisitRequestDocument,
    "mutation HomeVisitSchedule($input: HomeVisitScheduleInput!) {\n  homeVisitSchedule(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n      ...HomeVisitContact\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.HomeVisitScheduleDocument,
    "query HomeVisits($filter: HomeVisitFilter, $first: Int!, $after: String) {\n  homeVisits(filter: $filter, first: $first, after: $after) {\n    nodes {\n      ...HomeVisitSummary\n      ...HomeVisitContact\n      pensioner {\n        id\n        maskedName\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.HomeVisitsDocument,
    "mutation IdentityReveal($input: IdentityRevealInput!) {\n  identityReveal(input: $input) {\n    identity {\n      name\n      documents {\n        type\n        number\n      }\n      phone\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.IdentityRevealDocument,
    "query Node($id: ID!) {\n  node(id: $id) {\n    __typename\n    id\n    ... on Certification {\n      outcome: state\n    }\n    ... on CertificationSession {\n      sessionState: state\n    }\n    ... on ContactTask {\n      openedAt\n    }\n    ... on HomeVisit {\n      visitState: state\n      visitOn\n      closingReason\n    }\n    ... on Pensioner {\n      maskedName\n    }\n  }\n}": typeof types.NodeDocument,
    "query PensionerHistory($subject: SubjectInput!, $first: Int! = 20, $after: String) {\n  pensionerStatus(subject: $subject) {\n    pensioner {\n      id\n      certifications(first: $first, after: $after) {\n        nodes {\n          ...CertificationSummary\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n}": typeof types.PensionerHistoryDocument,
    "query PensionerStatus($subject: SubjectInput!) {\n  pensionerStatus(subject: $subject) {\n    inScope\n    notice {\n      ...NoticeText\n    }\n    pensioner {\n      ...PensionerSummary\n    }\n  }\n}": typeof types.PensionerStatusDocument,
    "query PensionerStatuses($subjects: [SubjectInput!]!) {\n  pensionerStatuses(subjects: $subjects) {\n    inScope\n    notice {\n      ...NoticeText\n    }\n    pensioner {\n      id\n      maskedName\n      certificationStatus {\n        state\n        validThrough\n        firstUnpaidMonth\n      }\n      paymentStatus {\n        state\n      }\n    }\n  }\n}": typeof types.PensionerStatusesDocument,
    "query ReviewQueue($filter: ReviewFilter, $first: Int!, $after: String) {\n  reviewQueue(filter: $filter, first: $first, after: $after) {\n    nodes {\n      ...CertificationSummary\n      waitingDays\n      evidence {\n        kind\n        capturedAt\n        shows\n        cameraKind\n        expiresOn\n        verifier\n        sha256\n      }\n      pensioner {\n        id\n        maskedName\n        certificationStatus {\n          validThrough\n          state\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.ReviewQueueDocument,
    "mutation SandboxClockAdvance($input: SandboxClockAdvanceInput!) {\n  sandboxClockAdvance(input: $input) {\n    now\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.SandboxClockAdvanceDocument,
    "mutation SandboxFaceAssertion($input: SandboxFaceAssertionInput!) {\n  sandboxFaceAssertion(input: $input) {\n    faceAssertion\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.SandboxFaceAssertionDocument,
    "query Viewer {\n  viewer {\n    kind\n    name\n    channel {\n      code\n      name\n    }\n    scopes\n    roles\n    sandbox\n    now\n  }\n}": typeof types.ViewerDocument,
    "query WebhookDeliveries($endpointId: ID!, $state: WebhookDeliveryState, $first: Int!, $after: String) {\n  webhookDeliveries(\n    endpointId: $endpointId\n    state: $state\n    first: $first\n    after: $after\n  ) {\n    nodes {\n      id\n      eventId\n      type\n      state\n      replay\n      attempts {\n        at\n        status\n        failure\n        milliseconds\n      }\n      nextAttemptAt\n      createdAt\n      settledAt\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.WebhookDeliveriesDocument,
    "mutation WebhookDeliveryReplay($input: WebhookDeliveryReplayInput!) {\n  webhookDeliveryReplay(input: $input) {\n    replayed\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.WebhookDeliveryReplayDocument,
    "mutation WebhookEndpointCreate($input: WebhookEndpointCreateInput!) {\n  webhookEndpointCreate(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.WebhookEndpointCreateDocument,
    "mutation WebhookEndpointDelete($input: WebhookEndpointDeleteInput!) {\n  webhookEndpointDelete(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.WebhookEndpointDeleteDocument,
    "query WebhookEndpoints($first: Int!, $after: String) {\n  webhookEndpoints(first: $first, after: $after) {\n    nodes {\n      ...WebhookEndpointSummary\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": typeof types.WebhookEndpointsDocument,
    "mutation WebhookSecretRotate($input: WebhookSecretRotateInput!) {\n  webhookSecretRotate(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.WebhookSecretRotateDocument,
};
const documents: Documents = {
    "fragment PensionerSummary on Pensioner {\n  id\n  maskedName\n  maskedPhone\n  version\n  documents {\n    type\n    maskedNumber\n  }\n  benefits {\n    type\n    approvedMonth\n    agency {\n      code\n      name\n      districtCode\n    }\n  }\n  certificationStatus {\n    state\n    anchorMonth\n    validThrough\n    reminderMonths\n    firstUnpaidMonth\n    lastCertifiedOn\n    explanation\n    pending {\n      id\n      state\n      channel {\n        code\n      }\n    }\n  }\n  paymentStatus {\n    state\n    reasons\n    firstUnpaidMonth\n    unpaidMonths\n    resumesMonth\n    backPayMonths\n  }\n}\n\nfragment NoticeText on Notice {\n  code\n  message\n  nextChannels {\n    code\n    name\n  }\n}\n\nfragment CertificationSummary on Certification {\n  id\n  state\n  channel {\n    code\n    name\n  }\n  method\n  actor\n  occurredAt\n  receivedAt\n  decidedAt\n  reviewDueOn\n  validThrough\n  rejection {\n    code\n    message\n    nextChannels {\n      code\n      name\n    }\n  }\n}\n\nfragment HomeVisitSummary on HomeVisit {\n  id\n  state\n  reason\n  relation\n  districtCode\n  requestedAt\n  visitOn\n  closingReason\n}\n\nfragment HomeVisitContact on HomeVisit {\n  address\n  contactName\n  contactPhone\n  visitorName\n}\n\nfragment WebhookEndpointSummary on WebhookEndpoint {\n  id\n  clientId\n  url\n  types\n  publicKey\n  createdAt\n  previousKeysUntil\n  failingSince\n  disabledAt\n  disabledReason\n}": types.PensionerSummaryFragmentDoc,
    "query AccessLog($pensionerId: ID!, $first: Int! = 20, $after: String) {\n  accessLog(pensionerId: $pensionerId, first: $first, after: $after) {\n    nodes {\n      at\n      clientId\n      clientName\n      operation\n      requestId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.AccessLogDocument,
    "mutation CertificationCancel($input: CertificationCancelInput!) {\n  certificationCancel(input: $input) {\n    session {\n      id\n      state\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.CertificationCancelDocument,
    "mutation CertificationComplete($input: CertificationCompleteInput!) {\n  certificationComplete(input: $input) {\n    certification {\n      ...CertificationSummary\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.CertificationCompleteDocument,
    "mutation CertificationDecide($input: CertificationDecideInput!) {\n  certificationDecide(input: $input) {\n    certification {\n      ...CertificationSummary\n      decidedBy\n      decisionReason\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.CertificationDecideDocument,
    "query CertificationPreview($subject: SubjectInput!) {\n  certificationPreview(subject: $subject) {\n    inScope\n    wouldBeValidThrough\n    needsConfirmation\n    notice {\n      ...NoticeText\n    }\n  }\n}": types.CertificationPreviewDocument,
    "mutation CertificationRecord($input: CertificationRecordInput!) {\n  certificationRecord(input: $input) {\n    certification {\n      ...CertificationSummary\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.CertificationRecordDocument,
    "mutation CertificationRevoke($input: CertificationRevokeInput!) {\n  certificationRevoke(input: $input) {\n    certification {\n      ...CertificationSummary\n      decidedBy\n      decisionReason\n      overpaidMonths\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.CertificationRevokeDocument,
    "mutation CertificationStart($input: CertificationStartInput!) {\n  certificationStart(input: $input) {\n    session {\n      id\n      state\n      challenge\n      expiresAt\n      pensioner {\n        maskedName\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.CertificationStartDocument,
    "query Certification($id: ID!) {\n  certification(id: $id) {\n    ...CertificationSummary\n    receipt\n    pensioner {\n      maskedName\n    }\n  }\n}": types.CertificationDocument,
    "query Changes($first: Int!, $after: String) {\n  changes(first: $first, after: $after) {\n    nodes {\n      id\n      type\n      occurredAt\n      sequence\n      pensionerId\n      subjectId\n      certificationId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.ChangesDocument,
    "query Channels {\n  channels {\n    code\n    name\n    flow\n    methods\n  }\n}": types.ChannelsDocument,
    "mutation ContactPhoneReportWrong($input: ContactPhoneReportWrongInput!) {\n  contactPhoneReportWrong(input: $input) {\n    accepted\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.ContactPhoneReportWrongDocument,
    "mutation ContactPhoneUpdate($input: ContactPhoneUpdateInput!) {\n  contactPhoneUpdate(input: $input) {\n    accepted\n    pensioner {\n      id\n      maskedName\n      maskedPhone\n      version\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.ContactPhoneUpdateDocument,
    "query ContactTasks($filter: ContactTaskFilter, $first: Int!, $after: String) {\n  contactTasks(filter: $filter, first: $first, after: $after) {\n    nodes {\n      id\n      reason\n      employerCode\n      seeker {\n        code\n        name\n      }\n      openedAt\n      closedAt\n      pensioner {\n        id\n        maskedName\n        maskedPhone\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.ContactTasksDocument,
    "mutation DataMatchCertificationsSubmit($input: DataMatchCertificationsSubmitInput!) {\n  dataMatchCertificationsSubmit(input: $input) {\n    results {\n      index\n      certification {\n        ...CertificationSummary\n      }\n      userErrors {\n        code\n        message\n        path\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.DataMatchCertificationsSubmitDocument,
    "mutation EmployerCertificationsSubmit($input: EmployerCertificationsSubmitInput!) {\n  employerCertificationsSubmit(input: $input) {\n    results {\n      index\n      certification {\n        ...CertificationSummary\n        pensioner {\n          ...PensionerSummary\n        }\n      }\n      userErrors {\n        code\n        message\n        path\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.EmployerCertificationsSubmitDocument,
    "query ExpiringCertifications($filter: ExpiryFilter!, $first: Int!, $after: String) {\n  expiringCertifications(filter: $filter, first: $first, after: $after) {\n    nodes {\n      id\n      maskedName\n      certificationStatus {\n        state\n        validThrough\n        firstUnpaidMonth\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.ExpiringCertificationsDocument,
    "query ExpiryCalendar($filter: ExpiryFilter!) {\n  expiryCalendar(filter: $filter) {\n    month\n    deadlines\n    certified\n    outstanding\n    suspended\n  }\n}": types.ExpiryCalendarDocument,
    "mutation HomeVisitCancel($input: HomeVisitCancelInput!) {\n  homeVisitCancel(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.HomeVisitCancelDocument,
    "mutation HomeVisitComplete($input: HomeVisitCompleteInput!) {\n  homeVisitComplete(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n      certification {\n        ...CertificationSummary\n      }\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.HomeVisitCompleteDocument,
    "mutation HomeVisitDecline($input: HomeVisitDeclineInput!) {\n  homeVisitDecline(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.HomeVisitDeclineDocument,
    "mutation HomeVisitRequest($input: HomeVisitRequestInput!) {\n  homeVisitRequest(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.HomeVisitRequestDocument,
    "mutation HomeVisitSchedule($input: HomeVisitScheduleInput!) {\n  homeVisitSchedule(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n      ...HomeVisitContact\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.HomeVisitScheduleDocument,
    "query HomeVisits($filter: HomeVisitFilter, $first: Int!, $after: String) {\n  homeVisits(filter: $filter, first: $first, after: $after) {\n    nodes {\n      ...HomeVisitSummary\n      ...HomeVisitContact\n      pensioner {\n        id\n        maskedName\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.HomeVisitsDocument,
    "mutation IdentityReveal($input: IdentityRevealInput!) {\n  identityReveal(input: $input) {\n    identity {\n      name\n      documents {\n        type\n        number\n      }\n      phone\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.IdentityRevealDocument,
    "query Node($id: ID!) {\n  node(id: $id) {\n    __typename\n    id\n    ... on Certification {\n      outcome: state\n    }\n    ... on CertificationSession {\n      sessionState: state\n    }\n    ... on ContactTask {\n      openedAt\n    }\n    ... on HomeVisit {\n      visitState: state\n      visitOn\n      closingReason\n    }\n    ... on Pensioner {\n      maskedName\n    }\n  }\n}": types.NodeDocument,
    "query PensionerHistory($subject: SubjectInput!, $first: Int! = 20, $after: String) {\n  pensionerStatus(subject: $subject) {\n    pensioner {\n      id\n      certifications(first: $first, after: $after) {\n        nodes {\n          ...CertificationSummary\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n}": types.PensionerHistoryDocument,
    "query PensionerStatus($subject: SubjectInput!) {\n  pensionerStatus(subject: $subject) {\n    inScope\n    notice {\n      ...NoticeText\n    }\n    pensioner {\n      ...PensionerSummary\n    }\n  }\n}": types.PensionerStatusDocument,
    "query PensionerStatuses($subjects: [SubjectInput!]!) {\n  pensionerStatuses(subjects: $subjects) {\n    inScope\n    notice {\n      ...NoticeText\n    }\n    pensioner {\n      id\n      maskedName\n      certificationStatus {\n        state\n        validThrough\n        firstUnpaidMonth\n      }\n      paymentStatus {\n        state\n      }\n    }\n  }\n}": types.PensionerStatusesDocument,
    "query ReviewQueue($filter: ReviewFilter, $first: Int!, $after: String) {\n  reviewQueue(filter: $filter, first: $first, after: $after) {\n    nodes {\n      ...CertificationSummary\n      waitingDays\n      evidence {\n        kind\n        capturedAt\n        shows\n        cameraKind\n        expiresOn\n        verifier\n        sha256\n      }\n      pensioner {\n        id\n        maskedName\n        certificationStatus {\n          validThrough\n          state\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.ReviewQueueDocument,
    "mutation SandboxClockAdvance($input: SandboxClockAdvanceInput!) {\n  sandboxClockAdvance(input: $input) {\n    now\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.SandboxClockAdvanceDocument,
    "mutation SandboxFaceAssertion($input: SandboxFaceAssertionInput!) {\n  sandboxFaceAssertion(input: $input) {\n    faceAssertion\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.SandboxFaceAssertionDocument,
    "query Viewer {\n  viewer {\n    kind\n    name\n    channel {\n      code\n      name\n    }\n    scopes\n    roles\n    sandbox\n    now\n  }\n}": types.ViewerDocument,
    "query WebhookDeliveries($endpointId: ID!, $state: WebhookDeliveryState, $first: Int!, $after: String) {\n  webhookDeliveries(\n    endpointId: $endpointId\n    state: $state\n    first: $first\n    after: $after\n  ) {\n    nodes {\n      id\n      eventId\n      type\n      state\n      replay\n      attempts {\n        at\n        status\n        failure\n        milliseconds\n      }\n      nextAttemptAt\n      createdAt\n      settledAt\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.WebhookDeliveriesDocument,
    "mutation WebhookDeliveryReplay($input: WebhookDeliveryReplayInput!) {\n  webhookDeliveryReplay(input: $input) {\n    replayed\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.WebhookDeliveryReplayDocument,
    "mutation WebhookEndpointCreate($input: WebhookEndpointCreateInput!) {\n  webhookEndpointCreate(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.WebhookEndpointCreateDocument,
    "mutation WebhookEndpointDelete($input: WebhookEndpointDeleteInput!) {\n  webhookEndpointDelete(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.WebhookEndpointDeleteDocument,
    "query WebhookEndpoints($first: Int!, $after: String) {\n  webhookEndpoints(first: $first, after: $after) {\n    nodes {\n      ...WebhookEndpointSummary\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}": types.WebhookEndpointsDocument,
    "mutation WebhookSecretRotate($input: WebhookSecretRotateInput!) {\n  webhookSecretRotate(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}": types.WebhookSecretRotateDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment PensionerSummary on Pensioner {\n  id\n  maskedName\n  maskedPhone\n  version\n  documents {\n    type\n    maskedNumber\n  }\n  benefits {\n    type\n    approvedMonth\n    agency {\n      code\n      name\n      districtCode\n    }\n  }\n  certificationStatus {\n    state\n    anchorMonth\n    validThrough\n    reminderMonths\n    firstUnpaidMonth\n    lastCertifiedOn\n    explanation\n    pending {\n      id\n      state\n      channel {\n        code\n      }\n    }\n  }\n  paymentStatus {\n    state\n    reasons\n    firstUnpaidMonth\n    unpaidMonths\n    resumesMonth\n    backPayMonths\n  }\n}\n\nfragment NoticeText on Notice {\n  code\n  message\n  nextChannels {\n    code\n    name\n  }\n}\n\nfragment CertificationSummary on Certification {\n  id\n  state\n  channel {\n    code\n    name\n  }\n  method\n  actor\n  occurredAt\n  receivedAt\n  decidedAt\n  reviewDueOn\n  validThrough\n  rejection {\n    code\n    message\n    nextChannels {\n      code\n      name\n    }\n  }\n}\n\nfragment HomeVisitSummary on HomeVisit {\n  id\n  state\n  reason\n  relation\n  districtCode\n  requestedAt\n  visitOn\n  closingReason\n}\n\nfragment HomeVisitContact on HomeVisit {\n  address\n  contactName\n  contactPhone\n  visitorName\n}\n\nfragment WebhookEndpointSummary on WebhookEndpoint {\n  id\n  clientId\n  url\n  types\n  publicKey\n  createdAt\n  previousKeysUntil\n  failingSince\n  disabledAt\n  disabledReason\n}"): typeof import('./graphql.js').PensionerSummaryFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query AccessLog($pensionerId: ID!, $first: Int! = 20, $after: String) {\n  accessLog(pensionerId: $pensionerId, first: $first, after: $after) {\n    nodes {\n      at\n      clientId\n      clientName\n      operation\n      requestId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').AccessLogDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CertificationCancel($input: CertificationCancelInput!) {\n  certificationCancel(input: $input) {\n    session {\n      id\n      state\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').CertificationCancelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CertificationComplete($input: CertificationCompleteInput!) {\n  certificationComplete(input: $input) {\n    certification {\n      ...CertificationSummary\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').CertificationCompleteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CertificationDecide($input: CertificationDecideInput!) {\n  certificationDecide(input: $input) {\n    certification {\n      ...CertificationSummary\n      decidedBy\n      decisionReason\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').CertificationDecideDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CertificationPreview($subject: SubjectInput!) {\n  certificationPreview(subject: $subject) {\n    inScope\n    wouldBeValidThrough\n    needsConfirmation\n    notice {\n      ...NoticeText\n    }\n  }\n}"): typeof import('./graphql.js').CertificationPreviewDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CertificationRecord($input: CertificationRecordInput!) {\n  certificationRecord(input: $input) {\n    certification {\n      ...CertificationSummary\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').CertificationRecordDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CertificationRevoke($input: CertificationRevokeInput!) {\n  certificationRevoke(input: $input) {\n    certification {\n      ...CertificationSummary\n      decidedBy\n      decisionReason\n      overpaidMonths\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').CertificationRevokeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CertificationStart($input: CertificationStartInput!) {\n  certificationStart(input: $input) {\n    session {\n      id\n      state\n      challenge\n      expiresAt\n      pensioner {\n        maskedName\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').CertificationStartDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Certification($id: ID!) {\n  certification(id: $id) {\n    ...CertificationSummary\n    receipt\n    pensioner {\n      maskedName\n    }\n  }\n}"): typeof import('./graphql.js').CertificationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Changes($first: Int!, $after: String) {\n  changes(first: $first, after: $after) {\n    nodes {\n      id\n      type\n      occurredAt\n      sequence\n      pensionerId\n      subjectId\n      certificationId\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').ChangesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Channels {\n  channels {\n    code\n    name\n    flow\n    methods\n  }\n}"): typeof import('./graphql.js').ChannelsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation ContactPhoneReportWrong($input: ContactPhoneReportWrongInput!) {\n  contactPhoneReportWrong(input: $input) {\n    accepted\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').ContactPhoneReportWrongDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation ContactPhoneUpdate($input: ContactPhoneUpdateInput!) {\n  contactPhoneUpdate(input: $input) {\n    accepted\n    pensioner {\n      id\n      maskedName\n      maskedPhone\n      version\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').ContactPhoneUpdateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ContactTasks($filter: ContactTaskFilter, $first: Int!, $after: String) {\n  contactTasks(filter: $filter, first: $first, after: $after) {\n    nodes {\n      id\n      reason\n      employerCode\n      seeker {\n        code\n        name\n      }\n      openedAt\n      closedAt\n      pensioner {\n        id\n        maskedName\n        maskedPhone\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').ContactTasksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation DataMatchCertificationsSubmit($input: DataMatchCertificationsSubmitInput!) {\n  dataMatchCertificationsSubmit(input: $input) {\n    results {\n      index\n      certification {\n        ...CertificationSummary\n      }\n      userErrors {\n        code\n        message\n        path\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').DataMatchCertificationsSubmitDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation EmployerCertificationsSubmit($input: EmployerCertificationsSubmitInput!) {\n  employerCertificationsSubmit(input: $input) {\n    results {\n      index\n      certification {\n        ...CertificationSummary\n        pensioner {\n          ...PensionerSummary\n        }\n      }\n      userErrors {\n        code\n        message\n        path\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').EmployerCertificationsSubmitDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ExpiringCertifications($filter: ExpiryFilter!, $first: Int!, $after: String) {\n  expiringCertifications(filter: $filter, first: $first, after: $after) {\n    nodes {\n      id\n      maskedName\n      certificationStatus {\n        state\n        validThrough\n        firstUnpaidMonth\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').ExpiringCertificationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ExpiryCalendar($filter: ExpiryFilter!) {\n  expiryCalendar(filter: $filter) {\n    month\n    deadlines\n    certified\n    outstanding\n    suspended\n  }\n}"): typeof import('./graphql.js').ExpiryCalendarDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation HomeVisitCancel($input: HomeVisitCancelInput!) {\n  homeVisitCancel(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').HomeVisitCancelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation HomeVisitComplete($input: HomeVisitCompleteInput!) {\n  homeVisitComplete(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n      certification {\n        ...CertificationSummary\n      }\n      pensioner {\n        ...PensionerSummary\n      }\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').HomeVisitCompleteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation HomeVisitDecline($input: HomeVisitDeclineInput!) {\n  homeVisitDecline(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').HomeVisitDeclineDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation HomeVisitRequest($input: HomeVisitRequestInput!) {\n  homeVisitRequest(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').HomeVisitRequestDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation HomeVisitSchedule($input: HomeVisitScheduleInput!) {\n  homeVisitSchedule(input: $input) {\n    homeVisit {\n      ...HomeVisitSummary\n      ...HomeVisitContact\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').HomeVisitScheduleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query HomeVisits($filter: HomeVisitFilter, $first: Int!, $after: String) {\n  homeVisits(filter: $filter, first: $first, after: $after) {\n    nodes {\n      ...HomeVisitSummary\n      ...HomeVisitContact\n      pensioner {\n        id\n        maskedName\n        certificationStatus {\n          state\n          validThrough\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').HomeVisitsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation IdentityReveal($input: IdentityRevealInput!) {\n  identityReveal(input: $input) {\n    identity {\n      name\n      documents {\n        type\n        number\n      }\n      phone\n    }\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').IdentityRevealDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Node($id: ID!) {\n  node(id: $id) {\n    __typename\n    id\n    ... on Certification {\n      outcome: state\n    }\n    ... on CertificationSession {\n      sessionState: state\n    }\n    ... on ContactTask {\n      openedAt\n    }\n    ... on HomeVisit {\n      visitState: state\n      visitOn\n      closingReason\n    }\n    ... on Pensioner {\n      maskedName\n    }\n  }\n}"): typeof import('./graphql.js').NodeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query PensionerHistory($subject: SubjectInput!, $first: Int! = 20, $after: String) {\n  pensionerStatus(subject: $subject) {\n    pensioner {\n      id\n      certifications(first: $first, after: $after) {\n        nodes {\n          ...CertificationSummary\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.js').PensionerHistoryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query PensionerStatus($subject: SubjectInput!) {\n  pensionerStatus(subject: $subject) {\n    inScope\n    notice {\n      ...NoticeText\n    }\n    pensioner {\n      ...PensionerSummary\n    }\n  }\n}"): typeof import('./graphql.js').PensionerStatusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query PensionerStatuses($subjects: [SubjectInput!]!) {\n  pensionerStatuses(subjects: $subjects) {\n    inScope\n    notice {\n      ...NoticeText\n    }\n    pensioner {\n      id\n      maskedName\n      certificationStatus {\n        state\n        validThrough\n        firstUnpaidMonth\n      }\n      paymentStatus {\n        state\n      }\n    }\n  }\n}"): typeof import('./graphql.js').PensionerStatusesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ReviewQueue($filter: ReviewFilter, $first: Int!, $after: String) {\n  reviewQueue(filter: $filter, first: $first, after: $after) {\n    nodes {\n      ...CertificationSummary\n      waitingDays\n      evidence {\n        kind\n        capturedAt\n        shows\n        cameraKind\n        expiresOn\n        verifier\n        sha256\n      }\n      pensioner {\n        id\n        maskedName\n        certificationStatus {\n          validThrough\n          state\n        }\n      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').ReviewQueueDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SandboxClockAdvance($input: SandboxClockAdvanceInput!) {\n  sandboxClockAdvance(input: $input) {\n    now\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').SandboxClockAdvanceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SandboxFaceAssertion($input: SandboxFaceAssertionInput!) {\n  sandboxFaceAssertion(input: $input) {\n    faceAssertion\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').SandboxFaceAssertionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Viewer {\n  viewer {\n    kind\n    name\n    channel {\n      code\n      name\n    }\n    scopes\n    roles\n    sandbox\n    now\n  }\n}"): typeof import('./graphql.js').ViewerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query WebhookDeliveries($endpointId: ID!, $state: WebhookDeliveryState, $first: Int!, $after: String) {\n  webhookDeliveries(\n    endpointId: $endpointId\n    state: $state\n    first: $first\n    after: $after\n  ) {\n    nodes {\n      id\n      eventId\n      type\n      state\n      replay\n      attempts {\n        at\n        status\n        failure\n        milliseconds\n      }\n      nextAttemptAt\n      createdAt\n      settledAt\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').WebhookDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation WebhookDeliveryReplay($input: WebhookDeliveryReplayInput!) {\n  webhookDeliveryReplay(input: $input) {\n    replayed\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').WebhookDeliveryReplayDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation WebhookEndpointCreate($input: WebhookEndpointCreateInput!) {\n  webhookEndpointCreate(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').WebhookEndpointCreateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation WebhookEndpointDelete($input: WebhookEndpointDeleteInput!) {\n  webhookEndpointDelete(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').WebhookEndpointDeleteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query WebhookEndpoints($first: Int!, $after: String) {\n  webhookEndpoints(first: $first, after: $after) {\n    nodes {\n      ...WebhookEndpointSummary\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}"): typeof import('./graphql.js').WebhookEndpointsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation WebhookSecretRotate($input: WebhookSecretRotateInput!) {\n  webhookSecretRotate(input: $input) {\n    endpoint {\n      ...WebhookEndpointSummary\n    }\n    secret\n    userErrors {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').WebhookSecretRotateDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
