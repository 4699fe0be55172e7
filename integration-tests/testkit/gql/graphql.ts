/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Who acts: exactly one of the two (办理人). */
export type ActorInput =
  {   /** A helper on behalf of the pensioner (代他人). */
  helper: HelperInput; self?: never; }
  |  { helper?: never;   /** true: the pensioner (本人). */
  self: boolean; };

/** Who acted (办理人). */
export type ActorKind =
  /** The agency (经办机构). */
  | 'AGENCY'
  /** The employer (用人单位). */
  | 'EMPLOYER'
  /** A self-service machine (自助机). */
  | 'MACHINE'
  /** A helper, on behalf of the pensioner (代他人). */
  | 'ON_BEHALF'
  /** An operator at a counter (经办人). */
  | 'OPERATOR'
  /** The pensioner (本人). */
  | 'SELF';

/** Benefits whose recipients certify once in 12 months (待遇类型). The list is open: treat unknown values as OTHER. */
export type BenefitType =
  /** Allowance for dependent survivors (供养亲属抚恤金). */
  | 'DEPENDENT_SURVIVOR_ALLOWANCE'
  /** Enterprise retirement, 离休 included (企业职工离退休). */
  | 'ENTERPRISE_RETIREMENT'
  /** Allowance for illness or non-work disability (病残津贴). */
  | 'ILLNESS_DISABILITY_ALLOWANCE'
  /** Living care allowance (生活护理费). */
  | 'LIVING_CARE_ALLOWANCE'
  /** Any other periodic benefit (其他). */
  | 'OTHER'
  /** Retirement from public institutions (机关事业单位退休). */
  | 'PUBLIC_INSTITUTION_RETIREMENT'
  /** Urban and rural resident pension (城乡居民基本养老保险). */
  | 'RESIDENT_PENSION'
  /** Work injury disability allowance (伤残津贴). */
  | 'WORK_INJURY_DISABILITY_ALLOWANCE';

/** Camera of a self-service machine (摄像头类型). */
export type CameraKind =
  /** Two lenses (双目). */
  | 'BINOCULAR'
  /** One lens (单目). */
  | 'MONOCULAR';

/** Give up a session. */
export type CertificationCancelInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** The session. */
  sessionId: string;
};

/** Complete a session with the verified face. */
export type CertificationCompleteInput = {
  /** Exactly one face assertion. */
  evidence: Array<EvidenceInput>;
  /** As in certificationStart; a new attempt needs a new key. */
  idempotencyKey: string;
  /** The session. */
  sessionId: string;
};

/** A decision on a submission (审核). */
export type CertificationDecideInput = {
  /** A certification that is PENDING. */
  certificationId: string;
  /** Whether it certifies. */
  decision: Decision;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Needed to reject; shown to reviewers only, 1 to 500 characters (审核意见). */
  reason?: string | null | undefined;
};

/** How a certification is made (认证方式). */
export type CertificationMethod =
  /** Comparison of data (数据比对). */
  | 'DATA_MATCH'
  /** Documents handed in by the employer (单位办理). */
  | 'EMPLOYER_DOCUMENTS'
  /** Face verification in an app (人脸识别). */
  | 'FACE'
  /** Home visit (上门认证). */
  | 'HOME_VISIT'
  /** In person at a counter (窗口). */
  | 'IN_PERSON'
  /** At a self-service machine (自助机). */
  | 'KIOSK';

/** What became of a certification (认证结果). */
export type CertificationOutcome =
  /** Passed; validity was extended (通过). */
  | 'PASSED'
  /** Submitted, waiting for a decision (待审核). */
  | 'PENDING'
  /** Not passed; nothing else changed (不通过). */
  | 'REJECTED'
  /** Passed once and taken back since (已撤销). */
  | 'REVOKED';

/** What a counter or a machine saw: the person with a valid document (现场认证登记). */
export type CertificationRecordInput = {
  /** Phone given at the counter; becomes the contact phone (C2). */
  contactPhone?: string | null | undefined;
  /** The document that was shown; a machine adds its cameraKind. A face assertion may be added; its challenge is the idempotencyKey (E3). */
  evidence: Array<EvidenceInput>;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** IN_PERSON at a counter, KIOSK at a machine. */
  method: CertificationMethod;
  /** When it happened, at most 24 hours ago; absent for now (V6, 办理时间). */
  occurredAt?: string | null | undefined;
  /** Who recorded it: required at a counter; a machine may name itself (经办人). */
  operator?: string | null | undefined;
  /** false: refuse with ALREADY_VALID while the person is still valid (V4). */
  recertifyWhenValid?: boolean;
  /** The pensioner; any counter in the city serves any pensioner. */
  subject: SubjectInput;
};

/** A pass to be taken back (撤销认证). */
export type CertificationRevokeInput = {
  /** A certification that has PASSED. */
  certificationId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Shown to reviewers only, 1 to 500 characters (撤销理由). */
  reason: string;
};

/** Begin a certification in a session channel. */
export type CertificationStartInput = {
  /** Who acts. */
  actor: ActorInput;
  /** Phone captured in the flow; becomes the contact phone with the pass (C2, 手机号采集). */
  contactPhone?: string | null | undefined;
  /** 1 to 128 visible ASCII characters, new for each new wish, the same for every retry. Nothing personal. */
  idempotencyKey: string;
  /** The person has been asked and wants to certify although still valid (V4). */
  recertifyWhenValid?: boolean;
  /** The pensioner. */
  subject: SubjectInput;
};

/** Whether a certification is needed (认证状态). Derived from the records and a day, never stored. */
export type CertificationState =
  /** Valid, in the deadline month or one of the two months before it (临期). */
  | 'DUE_SOON'
  /** The deadline month has ended without a certification (超期). */
  | 'OVERDUE'
  /** Valid and not yet due (有效期内). */
  | 'VALID';

/** What happened to a person (变更类型). Treat unknown values as something to pass over. */
export type ChangeType =
  /** The deadline is near (即将到期). */
  | 'CERTIFICATION_DUE'
  /** Passed (认证通过). */
  | 'CERTIFICATION_PASSED'
  /** Submitted and waiting for a decision (待审核). */
  | 'CERTIFICATION_PENDING'
  /** Not passed (认证不通过). */
  | 'CERTIFICATION_REJECTED'
  /** A pass was taken back (认证撤销). */
  | 'CERTIFICATION_REVOKED'
  /** A death, a sentence or the like was reported (生存状况变更). */
  | 'LIFE_EVENT_REPORTED'
  /** Such a report was withdrawn (变更撤销). */
  | 'LIFE_EVENT_VOIDED'
  /** Payment goes on (恢复发放). */
  | 'PAYMENT_RESUMED'
  /** Payment has stopped (暂停发放). */
  | 'PAYMENT_SUSPENDED'
  /** Payment has ended for good (终止发放). */
  | 'PAYMENT_TERMINATED';

/** Channels (渠道). Treat unknown values as a channel you do not know. */
export type ChannelCode =
  /** Agency counter (社保经办机构窗口). */
  | 'AGENCY_COUNTER'
  /** 12333 app (掌上12333). */
  | 'APP_12333'
  /** Bank of Communications kiosk (交通银行自助机). */
  | 'BOCOM_KIOSK'
  /** China Consular app (中国领事App). */
  | 'CHINA_CONSULAR_APP'
  /** Data matching (数据比对认证). */
  | 'DATA_MATCH'
  /** Employer (单位办理). */
  | 'EMPLOYER'
  /** E-social-security card (电子社保卡). */
  | 'E_SOCIAL_SECURITY_CARD'
  /** Huaxia Bank app (华夏银行App). */
  | 'HUAXIA_APP'
  /** ICBC app (工商银行App). */
  | 'ICBC_APP'
  /** ICBC binocular kiosk (工商银行双目自助机). */
  | 'ICBC_KIOSK'
  /** Jingtong in Alipay (京通（支付宝）). */
  | 'JINGTONG_ALIPAY'
  /** Jingtong in Baidu (京通（百度）). */
  | 'JINGTONG_BAIDU'
  /** Jingtong in WeChat (京通（微信）). */
  | 'JINGTONG_WECHAT'
  /** National social insurance platform (国家社会保险公共服务平台). */
  | 'NATIONAL_PLATFORM'
  /** Partner-bank counter (社银合作网点窗口). */
  | 'PARTNER_BANK_COUNTER'
  /** PSBC kiosk (邮储银行自助机). */
  | 'PSBC_KIOSK'
  /** Street service centre (home visit) (街镇便民服务中心上门认证). */
  | 'STREET_SERVICE_CENTER';

/** How a channel certifies (办理流程). */
export type ChannelFlow =
  /** Submit many at once (批量). */
  | 'BATCH'
  /** Record what an operator or a machine saw (现场登记). */
  | 'RECORD'
  /** Start a session, verify the face, complete (会话). */
  | 'SESSION'
  /** Request, schedule and complete a visit (上门). */
  | 'VISIT';

/** A text reached someone it was not meant for (号码有误, R6). */
export type ContactPhoneReportWrongInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** The pensioner's name, as the text gives it. */
  name: string;
  /** The phone that got the text. */
  phone: string;
};

/** A new contact phone of a pensioner (更新联系电话, C2). */
export type ContactPhoneUpdateInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** The phone; several pensioners may share one. */
  phone: string;
  /** The pensioner. */
  subject: SubjectInput;
  /** Pensioner.version as last read: STALE_VERSION when it has changed since. Absent: whatever it is. */
  version?: number | null | undefined;
};

/** Which contact tasks (联系核实筛选). */
export type ContactTaskFilter = {
  /** Only people of this employer. */
  employerCode?: string | null | undefined;
  /** true: only open ones; false: only closed ones. */
  open?: boolean | null | undefined;
};

/** Why a person has to be found by other means (联系核实原因). */
export type ContactTaskReason =
  /** A text did not arrive (短信未送达). */
  | 'BOUNCED'
  /** The phone is someone else's (号码有误). */
  | 'WRONG_NUMBER';

/** One trace of one person (数据比对记录). */
export type DataMatchCertificationItemInput = {
  /** The trace; it certifies in the month of its event (E7). */
  evidence: DataSourceEvidenceInput;
  /** The person. */
  subject: SubjectInput;
};

/** Traces found by comparing data (数据比对批次). */
export type DataMatchCertificationsSubmitInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** At most 500. */
  items: Array<DataMatchCertificationItemInput>;
};

/** Sources of data matching (数据来源). */
export type DataSource =
  /** Service at a counter (窗口办事). */
  | 'COUNTER_SERVICE'
  /** Face check by another authority (政务人脸核验). */
  | 'GOVERNMENT_FACE_CHECK'
  /** Stay in hospital (住院). */
  | 'INPATIENT_STAY'
  /** Outpatient visit (门诊就医); never admissible. */
  | 'OUTPATIENT_VISIT'
  /** Purchase in a designated pharmacy (定点药店购药); never admissible. */
  | 'PHARMACY_PURCHASE'
  /** Travel record (出行). */
  | 'TRAVEL_RECORD';

/** A trace in another system's data (数据比对). */
export type DataSourceEvidenceInput = {
  /** When it happened. */
  eventAt: string;
  /** Which system. */
  source: DataSource;
  /** The source's own reference. */
  sourceReference: string;
};

/** What a reviewer decides (审核决定). */
export type Decision =
  /** It certifies, in the month of this decision (通过). */
  | 'PASS'
  /** It does not; a reason is needed (不通过). */
  | 'REJECT';

/** A document handed in by an employer (单位办理材料). */
export type DocumentEvidenceInput = {
  /** When the photo was taken. */
  capturedAt?: string | null | undefined;
  /** Which document. */
  kind: DocumentEvidenceKind;
  /** SHA-256 of the file, hexadecimal. */
  sha256: string;
  /** What the photo shows. */
  shows?: Array<PhotoElement> | null | undefined;
};

/** Documents that an employer hands in (单位办理材料). */
export type DocumentEvidenceKind =
  /** 北京市领取社会保险待遇资格认证表. */
  | 'CERTIFICATION_FORM'
  /** Photo of the person holding the document (手持证件照). */
  | 'HOLDING_ID_PHOTO'
  /** Copy of both sides of the identity document (有效身份证件正反面复印件). */
  | 'ID_COPY_BOTH_SIDES';

/** An identity document as a person reads it off (证件). */
export type DocumentInput = {
  /** The number; spaces, full-width digits and a lower-case x are understood. */
  number: string;
  /** Kind of document. */
  type: DocumentType;
};

/** Identity documents (证件类型). */
export type DocumentType =
  /** Foreign permanent resident ID card (外国人永久居留身份证): 18 digits beginning with 9, or three letters and 12 digits. */
  | 'FOREIGN_PERMANENT_RESIDENT_ID'
  /** Residence permit for Hong Kong, Macau and Taiwan residents (港澳台居民居住证): begins with 81, 82 or 83. */
  | 'HMT_RESIDENCE_PERMIT'
  /** Passport (护照): 5 to 20 letters and digits. */
  | 'PASSPORT'
  /** Resident identity card (居民身份证): 18 characters; 15 digits of old cards are upgraded. */
  | 'RESIDENT_ID';

/** One pensioner of the employer with the three documents (单位办理人员). */
export type EmployerCertificationItemInput = {
  /** CERTIFICATION_FORM, ID_COPY_BOTH_SIDES and HOLDING_ID_PHOTO, one of each. The photo shows FACE, TIME and DOCUMENT and is at most 30 days old (E4). */
  evidence: Array<EvidenceInput>;
  /** The pensioner; one of the employer's own. */
  subject: SubjectInput;
};

/** Documents that an employer hands in for its pensioners (单位批量办理). */
export type EmployerCertificationsSubmitInput = {
  /** The employer's code, as in the benefit register; a client of one employer names its own (单位编码). */
  employerCode: string;
  /** As in certificationStart; it stands for the whole call. */
  idempotencyKey: string;
  /** 1 to 200 pensioners. */
  items: Array<EmployerCertificationItemInput>;
};

/** Where an employer is reminded of its people (单位联系电话, R1). */
export type EmployerContactUpdateInput = {
  /** The employer's code, as in the benefit register. */
  employerCode: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** The phone. */
  phone: string;
};

/** One piece of evidence: exactly one field (认证材料). Session channels admit faceAssertion. */
export type EvidenceInput =
  {   /** A trace in data. */
  dataSource: DataSourceEvidenceInput; document?: never; faceAssertion?: never; homeVisit?: never; identityDocument?: never; }
  |  { dataSource?: never;   /** A document handed in. */
  document: DocumentEvidenceInput; faceAssertion?: never; homeVisit?: never; identityDocument?: never; }
  |  { dataSource?: never; document?: never;   /** Compact JWS by a registered verifier, typ face-verification+jwt (人脸核验结果). */
  faceAssertion: string; homeVisit?: never; identityDocument?: never; }
  |  { dataSource?: never; document?: never; faceAssertion?: never;   /** A home visit. */
  homeVisit: HomeVisitEvidenceInput; identityDocument?: never; }
  |  { dataSource?: never; document?: never; faceAssertion?: never; homeVisit?: never;   /** A document shown in person. */
  identityDocument: IdentityDocumentEvidenceInput; };

/** What a certification can rest on (认证材料类型). */
export type EvidenceKind =
  /** The certification form (资格认证表). */
  | 'CERTIFICATION_FORM'
  /** A trace in another system's data (数据比对). */
  | 'DATA_SOURCE'
  /** A face verified by a registered verifier (人脸核验结果). */
  | 'FACE_ASSERTION'
  /** Photo of the person holding the document (手持证件照). */
  | 'HOLDING_ID_PHOTO'
  /** A visit that took place (上门认证). */
  | 'HOME_VISIT'
  /** A document shown in person (有效身份证件). */
  | 'IDENTITY_DOCUMENT'
  /** Copy of both sides of the document (证件正反面复印件). */
  | 'ID_COPY_BOTH_SIDES';

/** Deadline months and, optionally, who (到期筛选). */
export type ExpiryFilter = {
  /** Only persons with a benefit of this agency. */
  agencyCode?: string | null | undefined;
  /** Only persons with this benefit. */
  benefitType?: BenefitType | null | undefined;
  /** Only persons with a benefit in this district, six digits. */
  districtCode?: string | null | undefined;
  /** Only persons of this employer. */
  employerCode?: string | null | undefined;
  /** First deadline month. */
  from: string;
  /** Only persons in this state now. */
  state?: CertificationState | null | undefined;
  /** Last deadline month, included; at most 60 months in all. */
  through: string;
};

/** Who holds the phone for the pensioner (代办人, C1). */
export type HelperInput = {
  /** The pensioner has consented; must be true. */
  consented: boolean;
  /** The helper's document. */
  document: DocumentInput;
  /** The helper's name. */
  name: string;
  /** The helper's own phone: a text tells the outcome (代办人手机号). Absent: none is sent. */
  phone?: string | null | undefined;
  /** Relation to the pensioner. */
  relation: HelperRelation;
};

/** The helper's relation to the pensioner (与待遇领取人员关系). */
export type HelperRelation =
  /** Caregiver (护理人员). */
  | 'CAREGIVER'
  /** Child (子女). */
  | 'CHILD'
  /** Someone else (其他). */
  | 'OTHER'
  /** Another relative (其他亲属). */
  | 'OTHER_RELATIVE'
  /** Parent (父母). */
  | 'PARENT'
  /** Spouse (配偶). */
  | 'SPOUSE';

/** Reasons for not paying; payment resumes when the last one is closed (停发原因). */
export type HoldReason =
  /** A death has been reported (死亡报告). */
  | 'DEATH_REPORTED'
  /** Entitlement is being looked into (疑似丧失资格). */
  | 'ELIGIBILITY_DOUBT'
  /** Serving a sentence (服刑). */
  | 'IN_PRISON'
  /** Not certified by the end of the deadline month (超期未认证). */
  | 'NOT_CERTIFIED'
  /** Any other reason (其他). */
  | 'OTHER';

/** No visit is needed any more (取消上门认证). */
export type HomeVisitCancelInput = {
  /** The visit. */
  homeVisitId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Why, at most 500 characters. */
  reason?: string | null | undefined;
};

/** The visit took place (办结上门认证). */
export type HomeVisitCompleteInput = {
  /** A homeVisit, its visitedAt at most 7 days ago (V6). A document shown and a face assertion whose challenge is the idempotencyKey may be added. */
  evidence: Array<EvidenceInput>;
  /** The visit; it need not have been scheduled. */
  homeVisitId: string;
  /** As in certificationStart. A new attempt needs a new key. */
  idempotencyKey: string;
};

/** No one will come (不予受理). */
export type HomeVisitDeclineInput = {
  /** The visit. */
  homeVisitId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Why, for the family to read, at most 500 characters. */
  reason: string;
};

/** A visit that took place (上门认证). */
export type HomeVisitEvidenceInput = {
  /** What was noted. */
  note?: string | null | undefined;
  /** When. */
  visitedAt: string;
  /** Who visited. */
  visitorName: string;
};

/** Which visits (上门认证筛选). */
export type HomeVisitFilter = {
  /** Only in this district, six digits. */
  districtCode?: string | null | undefined;
  /** Only for this reason. */
  reason?: HomeVisitReason | null | undefined;
  /** Only in this state. */
  state?: HomeVisitState | null | undefined;
  /** Only arranged for this day or later. */
  visitFrom?: string | null | undefined;
  /** Only arranged for this day or earlier. */
  visitThrough?: string | null | undefined;
};

/** Why the person cannot come (申请原因). */
export type HomeVisitReason =
  /** Advanced age (高龄). */
  | 'ADVANCED_AGE'
  /** Illness (疾病). */
  | 'ILLNESS'
  /** Limited mobility (行动不便). */
  | 'LIMITED_MOBILITY'
  /** Any other reason (其他). */
  | 'OTHER';

/** Ask the street centre to come (申请上门认证, E5). */
export type HomeVisitRequestInput = {
  /** Where the pensioner lives, at most 500 characters (居住地址). */
  address: string;
  /** Whom to call about the visit (联系人). */
  contactName: string;
  /** The phone to arrange the visit by; it does not become the pensioner's contact phone (联系电话). */
  contactPhone: string;
  /** Division code of that place, six digits: its street centre gets the request (行政区划代码). */
  districtCode: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Why the pensioner cannot come. */
  reason: HomeVisitReason;
  /** What the contact is to the pensioner. */
  relation: HelperRelation;
  /** The pensioner. */
  subject: SubjectInput;
};

/** Arrange a day (预约上门). */
export type HomeVisitScheduleInput = {
  /** The visit. */
  homeVisitId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Today or later, at most 90 days ahead; may be changed until it is closed. */
  visitOn: string;
  /** Who will come (上门人员). */
  visitorName: string;
};

/** State of a home visit (上门认证状态). */
export type HomeVisitState =
  /** Not needed any more (已取消). */
  | 'CANCELLED'
  /** Visited and certified (已办结). */
  | 'COMPLETED'
  /** The centre does not visit (未受理). */
  | 'DECLINED'
  /** Asked for, no day arranged (已申请). */
  | 'REQUESTED'
  /** A day is arranged (已预约). */
  | 'SCHEDULED';

/** A valid document shown in person (有效身份证件). */
export type IdentityDocumentEvidenceInput = {
  /** The machine's camera. */
  cameraKind?: CameraKind | null | undefined;
  /** The document. */
  document: DocumentInput;
  /** Its expiry; absent for one valid indefinitely. */
  expiresOn?: string | null | undefined;
};

/** Whose identity, and why (查看完整身份信息). */
export type IdentityRevealInput = {
  /** As in certificationStart. A repetition is logged as another reading. */
  idempotencyKey: string;
  /** A pensioner's id. */
  pensionerId: string;
  /** Why it is needed, 10 to 500 characters; kept sealed, for those who watch over it. */
  reason: string;
};

/** How a run of a job stands (任务状态). */
export type JobRunState =
  /** Done (已完成). */
  | 'DONE'
  /** Failed or stopped; it will be tried again (失败或中止, 将重试). */
  | 'FAILED'
  /** Under way (执行中). */
  | 'RUNNING';

/** A report was not quite right (更正报告). */
export type LifeEventCorrectInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** The right kind; absent: as it is. */
  kind?: LifeEventKind | null | undefined;
  /** A report of the caller's, or any for staff. */
  lifeEventId: string;
  /** The right day; absent: as it is. */
  occurredOn?: string | null | undefined;
  /** Shown to staff only, 1 to 500 characters (理由). */
  reason: string;
};

/** What staff find of a report (核实报告). */
export type LifeEventDecideInput = {
  /** Whether it is true and of this person. */
  decision: LifeEventDecision;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** A report that is ACTIVE. */
  lifeEventId: string;
  /** Shown to staff only, 1 to 500 characters (理由). */
  reason: string;
};

/** What staff find of a report (核实结论). */
export type LifeEventDecision =
  /** It is true and of this person; a death ends payment for good (确认). */
  | 'CONFIRM'
  /** It is not; what it stopped is paid (不予采信). */
  | 'DISMISS';

/** Which reports (报告筛选). */
export type LifeEventFilter = {
  /** Only of this kind. */
  kind?: LifeEventKind | null | undefined;
  /** Only those that lead so far. */
  outcome?: LifeEventOutcome | null | undefined;
  /** Only those that stand so. */
  state?: LifeEventState | null | undefined;
};

/** Events that bear on payment (生存状态事件, C5). */
export type LifeEventKind =
  /** Death: nothing is paid from the next month on (死亡). */
  | 'DEATH'
  /** A sentence begins: its months are not paid, nor paid later (服刑). */
  | 'IMPRISONMENT'
  /** The person no longer belongs to those who are entitled (丧失领取资格). */
  | 'LEFT_SCOPE'
  /** It ends: payment goes on with the next month (刑满释放). */
  | 'RELEASE_FROM_PRISON';

/** Whom a report leads to (比对结果). Only MATCHED acts on payment. */
export type LifeEventOutcome =
  /** To one person for certain: by document and name, by two sources, or by decision of staff (已匹配). */
  | 'MATCHED'
  /** To several persons (多个候选). */
  | 'MULTIPLE_CANDIDATES'
  /** To nobody in the register (无匹配). */
  | 'NO_MATCH'
  /** To one person, not for certain (待核实). */
  | 'PENDING_REVIEW';

/** What has happened to a person (生存状态报告, C5). */
export type LifeEventReportInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** What has happened. */
  kind: LifeEventKind;
  /** On which day, today or before. */
  occurredOn: string;
  /** Which authority says so; absent: the caller itself. */
  source?: LifeEventSource | null | undefined;
  /** The source's own reference, 1 to 500 characters: the same report under it is taken once. Absent: every report is a new one. */
  sourceReference?: string | null | undefined;
  /** To whom. */
  subject: LifeEventSubjectInput;
};

/** Which authority a report comes from (信息来源). Two reports are two sources only when these differ. */
export type LifeEventSource =
  /** The agency itself (经办机构). */
  | 'AGENCY'
  /** Civil affairs, cremation (民政、殡葬). */
  | 'CIVIL_AFFAIRS'
  /** Court or prison (法院、监狱). */
  | 'COURT_PRISON'
  /** The employer (单位). */
  | 'EMPLOYER'
  /** The family (家属). */
  | 'FAMILY'
  /** Health authority, hospital (卫生健康). */
  | 'HEALTH'
  /** Public security, household register (公安户籍). */
  | 'PUBLIC_SECURITY'
  /** Street service centre or community (街镇、社区). */
  | 'STREET_CENTRE';

/** What became of a report since (报告状态). */
export type LifeEventState =
  /** Stands as it was reported or corrected (有效). */
  | 'ACTIVE'
  /** Staff have seen the proof (已确认). */
  | 'CONFIRMED'
  /** Taken back by its source or by staff (已撤回). */
  | 'VOIDED';

/** A person as a source knows one: without a document no one is found (姓名，证件可缺). */
export type LifeEventSubjectInput = {
  /** One of the person's documents, where known. */
  document?: DocumentInput | null | undefined;
  /** Full name, 1 to 100 characters (姓名). */
  name: string;
};

/** A report was wrong (撤回报告). */
export type LifeEventVoidInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** A report of the caller's, or any for staff. */
  lifeEventId: string;
  /** Shown to staff only, 1 to 500 characters (理由). */
  reason: string;
};

/** Which messages (短信筛选). */
export type MessageFilter = {
  /** Only of this kind. */
  kind?: MessageKind | null | undefined;
  /** Only of this month. */
  month?: string | null | undefined;
  /** Only those about this person. */
  pensionerId?: string | null | undefined;
  /** Only to this recipient. */
  recipient?: MessageRecipient | null | undefined;
  /** Only in this state. */
  state?: MessageState | null | undefined;
};

/** What a text is about (短信类型). */
export type MessageKind =
  /** A certification has passed (认证成功). */
  | 'CERTIFICATION_SUCCEEDED'
  /** Someone certified on the pensioner's behalf (代办告知). */
  | 'CERTIFIED_ON_BEHALF'
  /** Payment stops for want of a certification (暂停发放). */
  | 'PAYMENT_SUSPENDED'
  /** The deadline is near (到期提醒). */
  | 'REMINDER';

/** Whom a text is for (短信接收人). */
export type MessageRecipient =
  /** The pensioner's employer (单位). */
  | 'EMPLOYER'
  /** Who certified on the pensioner's behalf (代办人). */
  | 'HELPER'
  /** The pensioner's contact phone (待遇领取人). */
  | 'PENSIONER';

/** What has become of a text (短信状态). */
export type MessageState =
  /** No longer true when its turn came (已取消). */
  | 'CANCELLED'
  /** It has arrived (已送达). */
  | 'DELIVERED'
  /** It did not arrive and is not tried again (发送失败). */
  | 'FAILED'
  /** There is no phone that it may go to (无可用号码). */
  | 'NO_PHONE'
  /** Waiting for its turn (待发送). */
  | 'QUEUED'
  /** The gateway is being called (发送中). */
  | 'SENDING'
  /** The gateway has taken it (已发送). */
  | 'SENT'
  /** The gateway's answer was lost (结果未知). */
  | 'UNKNOWN';

/** Whom to spare, and for how long (设立缓办). */
export type MoratoriumCreateInput = {
  /** Absent for every benefit. */
  benefitType?: BenefitType | null | undefined;
  /** Six digits; absent for the whole city. */
  districtCode?: string | null | undefined;
  /** The first month in which nobody is suspended. */
  fromMonth: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Why, 1 to 500 characters, nothing personal. */
  reason: string;
  /** The last one; 60 months at most. */
  throughMonth: string;
};

/** One to be ended early (结束缓办). */
export type MoratoriumEndInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** A moratorium that has not been ended. */
  moratoriumId: string;
};

/** What a notice is about (提示). Treat unknown values as a text to show. */
export type NoticeCode =
  /** Still valid: ask whether to certify again (仍在有效期内). */
  | 'ALREADY_VALID'
  /** The deadline is near (即将到期). */
  | 'DUE_SOON'
  /** Not in the scope of this certification (不在本次认证范围内). */
  | 'NOT_IN_SCOPE'
  /** The deadline has passed (已超期). */
  | 'OVERDUE'
  /** Payment is suspended (已暂停发放). */
  | 'PAYMENT_SUSPENDED'
  /** A submission is being reviewed (审核中). */
  | 'UNDER_REVIEW';

/** Whether the benefit is being paid (发放状态). */
export type PaymentState =
  /** Paid month by month (正常发放). */
  | 'PAYING'
  /** Not paid for the reasons listed, to be paid later where they allow it (暂停发放). */
  | 'SUSPENDED'
  /** Ended for good (终止). */
  | 'TERMINATED';

/** Whether a month's payroll list still changes (发放名单状态). */
export type PayrollListState =
  /** Cut: identical however often it is asked for (已定稿). */
  | 'CUT'
  /** As things stand now; it may change until payroll cuts the month (未定稿). */
  | 'PROVISIONAL';

/** What a photo shows (照片要素). */
export type PhotoElement =
  /** The document (证照). */
  | 'DOCUMENT'
  /** The face (人脸). */
  | 'FACE'
  /** The time (时间). */
  | 'TIME';

/** Why a certification did not pass (不通过原因). */
export type RejectionCode =
  /** The document has expired (证件已过期). */
  | 'DOCUMENT_EXPIRED'
  /** The document is not valid (证件无效). */
  | 'DOCUMENT_INVALID'
  /** This kind of evidence never counts (不能作为认证依据). */
  | 'EVIDENCE_NOT_ADMISSIBLE'
  /** The face is not the pensioner's (人脸比对不一致). */
  | 'FACE_MISMATCH'
  /** The face was not that of a live person (活体检测未通过). */
  | 'LIVENESS_FAILED'
  /** Any other reason (其他). */
  | 'OTHER'
  /** The photo lacks face, time or document (照片要素不全). */
  | 'PHOTO_INCOMPLETE'
  /** Rejected by the reviewer (审核不通过). */
  | 'REVIEW_REJECTED';

/** A decision on a case (核查决定). */
export type ReviewCaseDecideInput = {
  /** Whether payment goes on. */
  decision: ReviewCaseDecision;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Shown to reviewers only, 1 to 500 characters (核查意见). */
  reason: string;
  /** A case that is open. */
  reviewCaseId: string;
};

/** What staff decide on a case (核查决定). */
export type ReviewCaseDecision =
  /** Payment stays as it is (维持停发). */
  | 'KEEP'
  /** Payment goes on and what is owed is paid (恢复发放). */
  | 'RELEASE';

/** Which cases (核查筛选). */
export type ReviewCaseFilter = {
  /** Only of this kind. */
  kind?: ReviewCaseKind | null | undefined;
  /** true: only open ones; false: only decided ones. */
  open?: boolean | null | undefined;
};

/** Why a pass waits for someone to look at it (核查类型). */
export type ReviewCaseKind =
  /** After twelve unpaid months or more (长期停发后认证, P7). */
  | 'LONG_SUSPENSION'
  /** After a death was reported (死亡报告后认证, C5). */
  | 'PASS_AFTER_DEATH';

/** Which submissions under review (审核筛选). */
export type ReviewFilter = {
  /** Only of this channel. */
  channel?: ChannelCode | null | undefined;
  /** Only those due before this day. */
  dueBefore?: string | null | undefined;
  /** Only those that this employer handed in. */
  employerCode?: string | null | undefined;
};

/** Move the sandbox's clock forward. */
export type SandboxClockAdvanceInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** The new time; not before the present one, at most five years ahead. */
  to: string;
};

/** Have the sandbox's verifier sign a result. */
export type SandboxFaceAssertionInput = {
  /** What it shall find. */
  outcome?: SandboxFaceOutcome;
  /** An open session of this client. */
  sessionId: string;
};

/** What the sandbox's verifier shall find (沙箱人脸核验结果). */
export type SandboxFaceOutcome =
  /** Not a live person (活体检测未通过). */
  | 'LIVENESS_FAILED'
  /** The face matches (一致). */
  | 'MATCH'
  /** The face does not match (不一致). */
  | 'MISMATCH';

/** State of a certification session (会话状态). */
export type SessionState =
  /** Cancelled by the channel (已取消). */
  | 'CANCELLED'
  /** Certified (已完成). */
  | 'COMPLETED'
  /** Not completed in time (已过期). */
  | 'EXPIRED'
  /** Waiting for the face verification (进行中). */
  | 'OPEN';

/** What a member of staff is there for; what they may follows from it (岗位). No one both acts and watches over it. */
export type StaffRole =
  /** Reads everything, changes nothing (审计岗). */
  | 'AUDITOR'
  /** Looks people up, watches deadlines, keeps contacts and home visits (经办岗). */
  | 'OPERATOR'
  /** Hands payroll its lists (发放岗). */
  | 'PAYROLL'
  /** Decides and revokes submissions (审核岗). */
  | 'REVIEWER'
  /** Watches over clients and who read whom (安全管理岗). */
  | 'SECURITY_ADMIN'
  /** Approves suspensions and postpones them (主管岗). */
  | 'SUPERVISOR';

/** A person, named by name *and* document (姓名与证件). */
export type SubjectInput = {
  /** One of the person's documents. */
  document: DocumentInput;
  /** Full name, 1 to 100 characters (姓名). */
  name: string;
};

/** A batch to be approved (审批停发批次). */
export type SuspensionBatchApproveInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** The first month not paid. */
  month: string;
  /** Every breaker that the batch has tripped, each named once it has been looked into. */
  overrideBreakers?: Array<SuspensionBreaker>;
};

/** How far the suspensions of a month have come (停发批次状态). */
export type SuspensionBatchState =
  /** Every candidate has been decided (已执行). */
  | 'APPLIED'
  /** Approved by name, being applied (已审批). */
  | 'APPROVED'
  /** Proposed, nobody is suspended yet (待审批). */
  | 'PREVIEW';

/** What stops a batch until a person has looked at it (熔断原因). */
export type SuspensionBreaker =
  /** A channel's submissions wait longer than they may (渠道待审件超期). */
  | 'CHANNEL_INBOX_UNREAD'
  /** No register was imported in the deadline month or since (当期名册未导入). */
  | 'IMPORT_MISSING'
  /** More than 5 % of a district's pensioners (某区占比过高). */
  | 'LARGE_SHARE_OF_DISTRICT'
  /** More than twice last month's suspensions (超过上月两倍). */
  | 'TWICE_LAST_MONTH';

/** What became of a candidate (停发名单人员状态). */
export type SuspensionCandidateState =
  /** Spared: certified before it was applied (已认证). */
  | 'CERTIFIED'
  /** Payment stands still already (此前已停发). */
  | 'HELD_ALREADY'
  /** Spared: a moratorium for the district or the benefit (缓办). */
  | 'POSTPONED'
  /** Not decided yet (待决定). */
  | 'PROPOSED'
  /** Payment is suspended (已暂停). */
  | 'SUSPENDED'
  /** Spared: a submission made in time is under review (审核中). */
  | 'UNDER_REVIEW';

/** What an entry of a timeline is about (时间线条目类型). Treat unknown values as a text to show. */
export type TimelineEntryKind =
  /** Back-pay released (补发). */
  | 'BACK_PAY_RELEASED'
  /** Certification decided (认证有结果). */
  | 'CERTIFICATION_DECIDED'
  /** Certification revoked (撤销认证). */
  | 'CERTIFICATION_REVOKED'
  /** Certification submitted (提交认证). */
  | 'CERTIFICATION_SUBMITTED'
  /** Search for the person closed (联系方式查找办结). */
  | 'CONTACT_TASK_CLOSED'
  /** Search for the person opened (开始查找联系方式). */
  | 'CONTACT_TASK_OPENED'
  /** Home visit requested (申请上门认证). */
  | 'HOME_VISIT_REQUESTED'
  /** Home visit updated (上门认证有进展). */
  | 'HOME_VISIT_UPDATED'
  /** Life event reported (收到生存状况报告). */
  | 'LIFE_EVENT_REPORTED'
  /** Life event updated (生存状况报告有更新). */
  | 'LIFE_EVENT_UPDATED'
  /** Looked up (查询). */
  | 'LOOKED_UP'
  /** Message not sent (短信未发送). */
  | 'MESSAGE_CANCELLED'
  /** Message delivered (短信已送达). */
  | 'MESSAGE_DELIVERED'
  /** Message failed (短信未送达). */
  | 'MESSAGE_FAILED'
  /** Message planned (短信待发送). */
  | 'MESSAGE_PLANNED'
  /** Message sent (短信已发送). */
  | 'MESSAGE_SENT'
  /** Reason for not paying closed (停发原因解除). */
  | 'PAYMENT_HOLD_CLOSED'
  /** Payment stopped (停发). */
  | 'PAYMENT_HOLD_OPENED'
  /** Entered from the register (从登记册建立档案). */
  | 'REGISTERED'
  /** Review closed (人工复核办结). */
  | 'REVIEW_CASE_CLOSED'
  /** Review opened (转人工复核). */
  | 'REVIEW_CASE_OPENED'
  /** Certification session cancelled (取消认证). */
  | 'SESSION_CANCELLED'
  /** Certification session started (开始认证). */
  | 'SESSION_STARTED'
  /** Suspension decided (停发批次已处理). */
  | 'SUSPENSION_DECIDED'
  /** Proposed for suspension (列入停发批次). */
  | 'SUSPENSION_PROPOSED';

/** Why a write was refused (业务错误码). The code is the contract; the message is for people. */
export type UserErrorCode =
  /** Still valid: show the message and ask; certify again with recertifyWhenValid (仍在有效期内). */
  | 'ALREADY_VALID'
  /** This channel does not certify in this way. (该渠道不支持此方式的认证。) */
  | 'CHANNEL_NOT_ALLOWED'
  /** This kind of evidence is not admissible in this channel. (该材料不能作为此渠道的认证依据。) */
  | 'EVIDENCE_NOT_ADMISSIBLE'
  /** The evidence does not count: signature, issuer, session, age or a second use (认证材料无效). */
  | 'EVIDENCE_REJECTED'
  /** Evidence is missing or given twice: one piece of each kind that the channel requires. (认证材料不齐全或有重复，请按渠道要求每种提交一份。) */
  | 'EVIDENCE_REQUIRED'
  /** This helper has reached the number of pensioners one helper may serve in a month. (该代办人本月代办人数已达上限。) */
  | 'HELPER_LIMIT_REACHED'
  /** The document number cannot exist; the message says what is wrong with it (证件号码不正确). */
  | 'INVALID_DOCUMENT'
  /** An input is not usable; path and message say which and why (输入有误). */
  | 'INVALID_INPUT'
  /** The channel does not certify by this method (认证方式不允许). */
  | 'METHOD_NOT_ALLOWED'
  /** There is no such thing, or it is not yours to see (未找到). */
  | 'NOT_FOUND'
  /** No person in scope was named: wrong name, wrong number and unknown person give this same answer (不在认证范围). */
  | 'NOT_IN_SCOPE'
  /** The certification session has expired; start a new one. (认证会话已过期，请重新开始。) */
  | 'SESSION_EXPIRED'
  /** The certification session has been completed or cancelled. (认证会话已完成或已取消。) */
  | 'SESSION_NOT_OPEN'
  /** The record has changed since it was read (数据已更新). */
  | 'STALE_VERSION'
  /** The channel's own time lies outside its allowed backlog (超出允许的补录时限). */
  | 'TOO_OLD'
  /** Not possible in the present state (状态不允许). */
  | 'WRONG_STATE';

/** What kind of client is asking. */
export type ViewerKind =
  /** A channel's back end (渠道). */
  | 'CHANNEL'
  /** Staff of the agency (经办机构工作人员). */
  | 'STAFF';

/** What is to be sent once more: one delivery, or what an endpoint was sent since then (重新推送). */
export type WebhookDeliveryReplayInput = {
  /** One delivery; then nothing else is given. */
  deliveryId?: string | null | undefined;
  /** An endpoint, with `since`. */
  endpointId?: string | null | undefined;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** Events that were first to be sent since then; the 1000 oldest at a time. */
  since?: string | null | undefined;
};

/** How far a delivery has come (推送状态). */
export type WebhookDeliveryState =
  /** The receiver answered with a 2xx status (已送达). */
  | 'DELIVERED'
  /** Given up, after the last attempt or with its endpoint (推送失败). */
  | 'FAILED'
  /** To be sent, for the first time or again (待推送). */
  | 'PENDING';

/** Why nothing more is sent to an endpoint (停用原因). */
export type WebhookDisabledReason =
  /** Its client deleted it (已删除). */
  | 'DELETED'
  /** Nothing has arrived for five days (连续五天失败). */
  | 'FAILING'
  /** The receiver answered 410 Gone (接收方答复410). */
  | 'GONE';

/** A place to send events to (新增推送地址). */
export type WebhookEndpointCreateInput = {
  /** As in certificationStart. */
  idempotencyKey: string;
  /** What is to be sent; absent or empty for everything. */
  types?: Array<ChangeType> | null | undefined;
  /** https, port 443 or 8443, a public host, no credentials, no fragment; a sandbox takes http to its own machine too. */
  url: string;
};

/** An endpoint that is not needed any more (删除推送地址). */
export type WebhookEndpointDeleteInput = {
  /** The caller's own endpoint. */
  endpointId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
};

/** An endpoint that was given up and is to be sent to again (启用推送地址). */
export type WebhookEndpointEnableInput = {
  /** The caller's own endpoint, disabled as FAILING or GONE. */
  endpointId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** False: what it has missed since it stopped is sent first, 10000 events at most. True: only what happens from now on is sent; what it has missed is in `changes`. */
  skipMissed?: boolean;
};

/** What of an endpoint is to be another; at least one of url and types (修改推送地址). */
export type WebhookEndpointUpdateInput = {
  /** The caller's own endpoint, a disabled one too. */
  endpointId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
  /** What is to be sent from now on; empty for everything. Absent: as it is. */
  types?: Array<ChangeType> | null | undefined;
  /** As in webhookEndpointCreate; what waits is sent there too. Absent: as it is. */
  url?: string | null | undefined;
};

/** An endpoint whose keys are replaced (更换密钥). */
export type WebhookSecretRotateInput = {
  /** The caller's own endpoint. */
  endpointId: string;
  /** As in certificationStart. */
  idempotencyKey: string;
};

export type PensionerSummaryFragment = { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } };

export type NoticeTextFragment = { code: NoticeCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> };

export type CertificationSummaryFragment = { id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null };

export type HomeVisitSummaryFragment = { id: string, state: HomeVisitState, reason: HomeVisitReason, relation: HelperRelation, districtCode: string, requestedAt: string, visitOn: string | null, closingReason: string | null };

export type HomeVisitContactFragment = { address: string | null, contactName: string | null, contactPhone: string | null, visitorName: string | null };

export type SuspensionBatchSummaryFragment = { month: string, state: SuspensionBatchState, total: number, suspended: number, spared: number, breakers: Array<SuspensionBreaker>, proposedAt: string | null, approvedBy: string | null, approvedAt: string | null, appliedAt: string | null };

export type MoratoriumSummaryFragment = { id: string, districtCode: string | null, benefitType: BenefitType | null, fromMonth: string, throughMonth: string, reason: string, createdBy: string, createdAt: string, endedAt: string | null };

export type LifeEventReportedFragment = { id: string, kind: LifeEventKind, occurredOn: string, state: LifeEventState, source: LifeEventSource, sourceReference: string, reportedAt: string };

export type LifeEventMatchFragment = { outcome: LifeEventOutcome | null, overpaidMonths: Array<string> | null, maskedName: string | null, reason: string | null, decidedBy: string | null, updatedAt: string | null, document: { type: DocumentType, maskedNumber: string } | null, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } | null };

export type ReviewCaseSummaryFragment = { id: string, kind: ReviewCaseKind, openedAt: string, closedAt: string | null, decision: ReviewCaseDecision | null, decidedBy: string | null, reason: string | null, certification: { id: string, state: CertificationOutcome, occurredAt: string }, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } };

export type WebhookEndpointSummaryFragment = { id: string, clientId: string, url: string, types: Array<ChangeType>, publicKey: string, createdAt: string, previousKeysUntil: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null };

export type AccessLogQueryVariables = Exact<{
  pensionerId: string;
  first?: number;
  after?: string | null | undefined;
}>;


export type AccessLogQuery = { accessLog: { nodes: Array<{ at: string, clientId: string, clientName: string | null, operation: string, requestId: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CertificationCancelMutationVariables = Exact<{
  input: CertificationCancelInput;
}>;


export type CertificationCancelMutation = { certificationCancel: { session: { id: string, state: SessionState } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type CertificationCompleteMutationVariables = Exact<{
  input: CertificationCompleteInput;
}>;


export type CertificationCompleteMutation = { certificationComplete: { certification: { id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } }, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type CertificationDecideMutationVariables = Exact<{
  input: CertificationDecideInput;
}>;


export type CertificationDecideMutation = { certificationDecide: { certification: { decidedBy: string | null, decisionReason: string | null, id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } }, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type CertificationPreviewQueryVariables = Exact<{
  subject: SubjectInput;
}>;


export type CertificationPreviewQuery = { certificationPreview: { inScope: boolean, wouldBeValidThrough: string | null, needsConfirmation: boolean, notice: { code: NoticeCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } };

export type CertificationRecordMutationVariables = Exact<{
  input: CertificationRecordInput;
}>;


export type CertificationRecordMutation = { certificationRecord: { certification: { id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } }, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type CertificationRevokeMutationVariables = Exact<{
  input: CertificationRevokeInput;
}>;


export type CertificationRevokeMutation = { certificationRevoke: { certification: { decidedBy: string | null, decisionReason: string | null, overpaidMonths: Array<string> | null, id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } }, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type CertificationStartMutationVariables = Exact<{
  input: CertificationStartInput;
}>;


export type CertificationStartMutation = { certificationStart: { session: { id: string, state: SessionState, challenge: string, expiresAt: string, pensioner: { maskedName: string, certificationStatus: { state: CertificationState, validThrough: string } } } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type CertificationQueryVariables = Exact<{
  id: string;
}>;


export type CertificationQuery = { certification: { receipt: string | null, id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, pensioner: { maskedName: string }, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null };

export type ChangesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ChangesQuery = { changes: { nodes: Array<{ id: string, type: ChangeType, occurredAt: string, sequence: number, pensionerId: string, subjectId: string, certificationId: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ChannelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ChannelsQuery = { channels: Array<{ code: ChannelCode, name: string, flow: ChannelFlow, methods: Array<CertificationMethod> }> };

export type ContactPhoneReportWrongMutationVariables = Exact<{
  input: ContactPhoneReportWrongInput;
}>;


export type ContactPhoneReportWrongMutation = { contactPhoneReportWrong: { accepted: boolean, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type ContactPhoneUpdateMutationVariables = Exact<{
  input: ContactPhoneUpdateInput;
}>;


export type ContactPhoneUpdateMutation = { contactPhoneUpdate: { accepted: boolean, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type ContactTasksQueryVariables = Exact<{
  filter?: ContactTaskFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ContactTasksQuery = { contactTasks: { nodes: Array<{ id: string, reason: ContactTaskReason, employerCode: string | null, openedAt: string, closedAt: string | null, seeker: { code: ChannelCode, name: string }, pensioner: { id: string, maskedName: string, maskedPhone: string | null, certificationStatus: { state: CertificationState, validThrough: string } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DataMatchCertificationsSubmitMutationVariables = Exact<{
  input: DataMatchCertificationsSubmitInput;
}>;


export type DataMatchCertificationsSubmitMutation = { dataMatchCertificationsSubmit: { results: Array<{ index: number, certification: { id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> }>, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type EmployerCertificationsSubmitMutationVariables = Exact<{
  input: EmployerCertificationsSubmitInput;
}>;


export type EmployerCertificationsSubmitMutation = { employerCertificationsSubmit: { results: Array<{ index: number, certification: { id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } }, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> }>, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type EmployerContactUpdateMutationVariables = Exact<{
  input: EmployerContactUpdateInput;
}>;


export type EmployerContactUpdateMutation = { employerContactUpdate: { accepted: boolean, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type ExpiringCertificationsQueryVariables = Exact<{
  filter: ExpiryFilter;
  first: number;
  after?: string | null | undefined;
}>;


export type ExpiringCertificationsQuery = { expiringCertifications: { nodes: Array<{ id: string, maskedName: string, certificationStatus: { state: CertificationState, validThrough: string, firstUnpaidMonth: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ExpiryCalendarQueryVariables = Exact<{
  filter: ExpiryFilter;
}>;


export type ExpiryCalendarQuery = { expiryCalendar: Array<{ month: string, deadlines: number, certified: number, outstanding: number, suspended: number }> };

export type HomeVisitCancelMutationVariables = Exact<{
  input: HomeVisitCancelInput;
}>;


export type HomeVisitCancelMutation = { homeVisitCancel: { homeVisit: { id: string, state: HomeVisitState, reason: HomeVisitReason, relation: HelperRelation, districtCode: string, requestedAt: string, visitOn: string | null, closingReason: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type HomeVisitCompleteMutationVariables = Exact<{
  input: HomeVisitCompleteInput;
}>;


export type HomeVisitCompleteMutation = { homeVisitComplete: { homeVisit: { id: string, state: HomeVisitState, reason: HomeVisitReason, relation: HelperRelation, districtCode: string, requestedAt: string, visitOn: string | null, closingReason: string | null, certification: { id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null } | null, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type HomeVisitDeclineMutationVariables = Exact<{
  input: HomeVisitDeclineInput;
}>;


export type HomeVisitDeclineMutation = { homeVisitDecline: { homeVisit: { id: string, state: HomeVisitState, reason: HomeVisitReason, relation: HelperRelation, districtCode: string, requestedAt: string, visitOn: string | null, closingReason: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type HomeVisitRequestMutationVariables = Exact<{
  input: HomeVisitRequestInput;
}>;


export type HomeVisitRequestMutation = { homeVisitRequest: { homeVisit: { id: string, state: HomeVisitState, reason: HomeVisitReason, relation: HelperRelation, districtCode: string, requestedAt: string, visitOn: string | null, closingReason: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type HomeVisitScheduleMutationVariables = Exact<{
  input: HomeVisitScheduleInput;
}>;


export type HomeVisitScheduleMutation = { homeVisitSchedule: { homeVisit: { id: string, state: HomeVisitState, reason: HomeVisitReason, relation: HelperRelation, districtCode: string, requestedAt: string, visitOn: string | null, closingReason: string | null, address: string | null, contactName: string | null, contactPhone: string | null, visitorName: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type HomeVisitsQueryVariables = Exact<{
  filter?: HomeVisitFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type HomeVisitsQuery = { homeVisits: { nodes: Array<{ id: string, state: HomeVisitState, reason: HomeVisitReason, relation: HelperRelation, districtCode: string, requestedAt: string, visitOn: string | null, closingReason: string | null, address: string | null, contactName: string | null, contactPhone: string | null, visitorName: string | null, pensioner: { id: string, maskedName: string, certificationStatus: { state: CertificationState, validThrough: string } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type IdentityRevealMutationVariables = Exact<{
  input: IdentityRevealInput;
}>;


export type IdentityRevealMutation = { identityReveal: { identity: { name: string, phone: string | null, documents: Array<{ type: DocumentType, number: string }> } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type JobRunsQueryVariables = Exact<{
  job?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type JobRunsQuery = { jobRuns: { nodes: Array<{ job: string, period: string, state: JobRunState, startedAt: string, finishedAt: string | null, done: number, total: number | null, failure: string | null, workedMs: number, counts: Array<{ name: string, count: number }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LifeEventCorrectMutationVariables = Exact<{
  input: LifeEventCorrectInput;
}>;


export type LifeEventCorrectMutation = { lifeEventCorrect: { lifeEvent: { id: string, kind: LifeEventKind, occurredOn: string, state: LifeEventState, source: LifeEventSource, sourceReference: string, reportedAt: string, outcome: LifeEventOutcome | null, overpaidMonths: Array<string> | null, maskedName: string | null, reason: string | null, decidedBy: string | null, updatedAt: string | null, document: { type: DocumentType, maskedNumber: string } | null, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type LifeEventDecideMutationVariables = Exact<{
  input: LifeEventDecideInput;
}>;


export type LifeEventDecideMutation = { lifeEventDecide: { lifeEvent: { id: string, kind: LifeEventKind, occurredOn: string, state: LifeEventState, source: LifeEventSource, sourceReference: string, reportedAt: string, outcome: LifeEventOutcome | null, overpaidMonths: Array<string> | null, maskedName: string | null, reason: string | null, decidedBy: string | null, updatedAt: string | null, document: { type: DocumentType, maskedNumber: string } | null, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type LifeEventReportMutationVariables = Exact<{
  input: LifeEventReportInput;
}>;


export type LifeEventReportMutation = { lifeEventReport: { lifeEvent: { id: string, kind: LifeEventKind, occurredOn: string, state: LifeEventState, source: LifeEventSource, sourceReference: string, reportedAt: string, outcome: LifeEventOutcome | null, overpaidMonths: Array<string> | null, maskedName: string | null, reason: string | null, decidedBy: string | null, updatedAt: string | null, document: { type: DocumentType, maskedNumber: string } | null, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type LifeEventVoidMutationVariables = Exact<{
  input: LifeEventVoidInput;
}>;


export type LifeEventVoidMutation = { lifeEventVoid: { lifeEvent: { id: string, kind: LifeEventKind, occurredOn: string, state: LifeEventState, source: LifeEventSource, sourceReference: string, reportedAt: string, outcome: LifeEventOutcome | null, overpaidMonths: Array<string> | null, maskedName: string | null, reason: string | null, decidedBy: string | null, updatedAt: string | null, document: { type: DocumentType, maskedNumber: string } | null, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type LifeEventsQueryVariables = Exact<{
  filter?: LifeEventFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type LifeEventsQuery = { lifeEvents: { nodes: Array<{ id: string, kind: LifeEventKind, occurredOn: string, state: LifeEventState, source: LifeEventSource, sourceReference: string, reportedAt: string, outcome: LifeEventOutcome | null, overpaidMonths: Array<string> | null, maskedName: string | null, reason: string | null, decidedBy: string | null, updatedAt: string | null, document: { type: DocumentType, maskedNumber: string } | null, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type MessagesQueryVariables = Exact<{
  filter?: MessageFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type MessagesQuery = { messages: { nodes: Array<{ id: string, kind: MessageKind, month: string, recipient: MessageRecipient, state: MessageState, maskedPhone: string | null, body: string | null, attempts: number, maybeTwice: boolean, createdAt: string, sentAt: string | null, settledAt: string | null, failure: string | null, pensioner: { id: string, maskedName: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type MoratoriaQueryVariables = Exact<{ [key: string]: never; }>;


export type MoratoriaQuery = { moratoria: Array<{ id: string, districtCode: string | null, benefitType: BenefitType | null, fromMonth: string, throughMonth: string, reason: string, createdBy: string, createdAt: string, endedAt: string | null }> };

export type MoratoriumCreateMutationVariables = Exact<{
  input: MoratoriumCreateInput;
}>;


export type MoratoriumCreateMutation = { moratoriumCreate: { moratorium: { id: string, districtCode: string | null, benefitType: BenefitType | null, fromMonth: string, throughMonth: string, reason: string, createdBy: string, createdAt: string, endedAt: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type MoratoriumEndMutationVariables = Exact<{
  input: MoratoriumEndInput;
}>;


export type MoratoriumEndMutation = { moratoriumEnd: { moratorium: { id: string, districtCode: string | null, benefitType: BenefitType | null, fromMonth: string, throughMonth: string, reason: string, createdBy: string, createdAt: string, endedAt: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type NodeQueryVariables = Exact<{
  id: string;
}>;


export type NodeQuery = { node:
    | { __typename: 'Certification', id: string, outcome: CertificationOutcome }
    | { __typename: 'CertificationSession', id: string, sessionState: SessionState }
    | { __typename: 'ContactTask', openedAt: string, id: string }
    | { __typename: 'HomeVisit', visitOn: string | null, closingReason: string | null, id: string, visitState: HomeVisitState }
    | { __typename: 'LifeEvent', id: string, lifeEventState: LifeEventState }
    | { __typename: 'Message', id: string }
    | { __typename: 'Pensioner', maskedName: string, id: string }
    | { __typename: 'ReviewCase', decision: ReviewCaseDecision | null, id: string }
   | null };

export type PayrollHoldsQueryVariables = Exact<{
  month: string;
  first: number;
  after?: string | null | undefined;
}>;


export type PayrollHoldsQuery = { payrollHolds: { state: PayrollListState, cutAt: string | null, total: number, checksum: string | null, nodes: Array<{ month: string, fromMonth: string, reasons: Array<HoldReason>, pensioner: { id: string, maskedName: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PayrollReleasesQueryVariables = Exact<{
  month: string;
  first: number;
  after?: string | null | undefined;
}>;


export type PayrollReleasesQuery = { payrollReleases: { state: PayrollListState, cutAt: string | null, total: number, checksum: string | null, nodes: Array<{ month: string, resumesMonth: string | null, backPayMonths: Array<string>, pensioner: { id: string, maskedName: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PensionerHistoryQueryVariables = Exact<{
  subject: SubjectInput;
  first?: number;
  after?: string | null | undefined;
}>;


export type PensionerHistoryQuery = { pensionerStatus: { pensioner: { id: string, certifications: { nodes: Array<{ id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null } };

export type PensionerStatusQueryVariables = Exact<{
  subject: SubjectInput;
}>;


export type PensionerStatusQuery = { pensionerStatus: { inScope: boolean, notice: { code: NoticeCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null, pensioner: { id: string, maskedName: string, maskedPhone: string | null, version: number, documents: Array<{ type: DocumentType, maskedNumber: string }>, benefits: Array<{ type: BenefitType, approvedMonth: string, agency: { code: string, name: string, districtCode: string } }>, certificationStatus: { state: CertificationState, anchorMonth: string, validThrough: string, reminderMonths: Array<string>, firstUnpaidMonth: string, lastCertifiedOn: string | null, explanation: Array<string>, pending: { id: string, state: CertificationOutcome, channel: { code: ChannelCode } } | null }, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } | null } };

export type PensionerStatusesQueryVariables = Exact<{
  subjects: Array<SubjectInput> | SubjectInput;
}>;


export type PensionerStatusesQuery = { pensionerStatuses: Array<{ inScope: boolean, notice: { code: NoticeCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null, pensioner: { id: string, maskedName: string, certificationStatus: { state: CertificationState, validThrough: string, firstUnpaidMonth: string }, paymentStatus: { state: PaymentState } } | null }> };

export type PensionerTimelineQueryVariables = Exact<{
  pensionerId: string;
  first?: number;
  after?: string | null | undefined;
}>;


export type PensionerTimelineQuery = { timeline: { nodes: Array<{ at: string, kind: TimelineEntryKind, title: string, detail: string | null, rule: Array<string>, policyVersion: string | null, subjectId: string | null, actor: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReviewCaseDecideMutationVariables = Exact<{
  input: ReviewCaseDecideInput;
}>;


export type ReviewCaseDecideMutation = { reviewCaseDecide: { reviewCase: { id: string, kind: ReviewCaseKind, openedAt: string, closedAt: string | null, decision: ReviewCaseDecision | null, decidedBy: string | null, reason: string | null, certification: { id: string, state: CertificationOutcome, occurredAt: string }, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type ReviewCasesQueryVariables = Exact<{
  filter?: ReviewCaseFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ReviewCasesQuery = { reviewCases: { nodes: Array<{ id: string, kind: ReviewCaseKind, openedAt: string, closedAt: string | null, decision: ReviewCaseDecision | null, decidedBy: string | null, reason: string | null, certification: { id: string, state: CertificationOutcome, occurredAt: string }, pensioner: { id: string, maskedName: string, paymentStatus: { state: PaymentState, reasons: Array<HoldReason>, firstUnpaidMonth: string | null, unpaidMonths: Array<string>, resumesMonth: string | null, backPayMonths: Array<string> } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReviewQueueQueryVariables = Exact<{
  filter?: ReviewFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ReviewQueueQuery = { reviewQueue: { nodes: Array<{ waitingDays: number | null, id: string, state: CertificationOutcome, method: CertificationMethod, actor: ActorKind, occurredAt: string, receivedAt: string, decidedAt: string | null, reviewDueOn: string | null, validThrough: string | null, evidence: Array<{ kind: EvidenceKind, capturedAt: string | null, shows: Array<PhotoElement>, cameraKind: CameraKind | null, expiresOn: string | null, verifier: string | null, sha256: string | null }>, pensioner: { id: string, maskedName: string, certificationStatus: { validThrough: string, state: CertificationState } }, channel: { code: ChannelCode, name: string }, rejection: { code: RejectionCode, message: string, nextChannels: Array<{ code: ChannelCode, name: string }> } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SandboxClockAdvanceMutationVariables = Exact<{
  input: SandboxClockAdvanceInput;
}>;


export type SandboxClockAdvanceMutation = { sandboxClockAdvance: { now: string, runs: number, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type SandboxFaceAssertionMutationVariables = Exact<{
  input: SandboxFaceAssertionInput;
}>;


export type SandboxFaceAssertionMutation = { sandboxFaceAssertion: { faceAssertion: string | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type SuspensionBatchApproveMutationVariables = Exact<{
  input: SuspensionBatchApproveInput;
}>;


export type SuspensionBatchApproveMutation = { suspensionBatchApprove: { suspensionBatch: { month: string, state: SuspensionBatchState, total: number, suspended: number, spared: number, breakers: Array<SuspensionBreaker>, proposedAt: string | null, approvedBy: string | null, approvedAt: string | null, appliedAt: string | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type SuspensionBatchQueryVariables = Exact<{
  month: string;
  first: number;
  after?: string | null | undefined;
}>;


export type SuspensionBatchQuery = { suspensionBatch: { month: string, state: SuspensionBatchState, total: number, suspended: number, spared: number, breakers: Array<SuspensionBreaker>, proposedAt: string | null, approvedBy: string | null, approvedAt: string | null, appliedAt: string | null, candidateDetails: { nodes: Array<{ state: SuspensionCandidateState, expectedState: SuspensionCandidateState, validThrough: string, decidedAt: string | null, explanation: Array<string>, reminders: Array<{ month: string, recipient: MessageRecipient, state: MessageState, sentAt: string | null }>, pensioner: { id: string, maskedName: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { kind: ViewerKind, name: string, scopes: Array<string>, roles: Array<StaffRole>, sandbox: boolean, now: string, channel: { code: ChannelCode, name: string } | null } };

export type WebhookDeliveriesQueryVariables = Exact<{
  endpointId: string;
  state?: WebhookDeliveryState | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type WebhookDeliveriesQuery = { webhookDeliveries: { nodes: Array<{ id: string, eventId: string, type: ChangeType, state: WebhookDeliveryState, replay: number, nextAttemptAt: string | null, createdAt: string, settledAt: string | null, attempts: Array<{ at: string, status: number | null, failure: string | null, milliseconds: number }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WebhookDeliveryReplayMutationVariables = Exact<{
  input: WebhookDeliveryReplayInput;
}>;


export type WebhookDeliveryReplayMutation = { webhookDeliveryReplay: { replayed: number, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type WebhookEndpointCreateMutationVariables = Exact<{
  input: WebhookEndpointCreateInput;
}>;


export type WebhookEndpointCreateMutation = { webhookEndpointCreate: { secret: string | null, endpoint: { id: string, clientId: string, url: string, types: Array<ChangeType>, publicKey: string, createdAt: string, previousKeysUntil: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type WebhookEndpointDeleteMutationVariables = Exact<{
  input: WebhookEndpointDeleteInput;
}>;


export type WebhookEndpointDeleteMutation = { webhookEndpointDelete: { secret: string | null, endpoint: { id: string, clientId: string, url: string, types: Array<ChangeType>, publicKey: string, createdAt: string, previousKeysUntil: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type WebhookEndpointEnableMutationVariables = Exact<{
  input: WebhookEndpointEnableInput;
}>;


export type WebhookEndpointEnableMutation = { webhookEndpointEnable: { secret: string | null, endpoint: { id: string, clientId: string, url: string, types: Array<ChangeType>, publicKey: string, createdAt: string, previousKeysUntil: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type WebhookEndpointUpdateMutationVariables = Exact<{
  input: WebhookEndpointUpdateInput;
}>;


export type WebhookEndpointUpdateMutation = { webhookEndpointUpdate: { secret: string | null, endpoint: { id: string, clientId: string, url: string, types: Array<ChangeType>, publicKey: string, createdAt: string, previousKeysUntil: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export type WebhookEndpointsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type WebhookEndpointsQuery = { webhookEndpoints: { nodes: Array<{ id: string, clientId: string, url: string, types: Array<ChangeType>, publicKey: string, createdAt: string, previousKeysUntil: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WebhookSecretRotateMutationVariables = Exact<{
  input: WebhookSecretRotateInput;
}>;


export type WebhookSecretRotateMutation = { webhookSecretRotate: { secret: string | null, endpoint: { id: string, clientId: string, url: string, types: Array<ChangeType>, publicKey: string, createdAt: string, previousKeysUntil: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null } | null, userErrors: Array<{ code: UserErrorCode, message: string, path: Array<string> | null }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const PensionerSummaryFragmentDoc = new TypedDocumentString(`
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
    `, {"fragmentName":"PensionerSummary"}) as unknown as TypedDocumentString<PensionerSummaryFragment, unknown>;
export const NoticeTextFragmentDoc = new TypedDocumentString(`
    fragment NoticeText on Notice {
  code
  message
  nextChannels {
    code
    name
  }
}
    `, {"fragmentName":"NoticeText"}) as unknown as TypedDocumentString<NoticeTextFragment, unknown>;
export const CertificationSummaryFragmentDoc = new TypedDocumentString(`
    fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}
    `, {"fragmentName":"CertificationSummary"}) as unknown as TypedDocumentString<CertificationSummaryFragment, unknown>;
export const HomeVisitSummaryFragmentDoc = new TypedDocumentString(`
    fragment HomeVisitSummary on HomeVisit {
  id
  state
  reason
  relation
  districtCode
  requestedAt
  visitOn
  closingReason
}
    `, {"fragmentName":"HomeVisitSummary"}) as unknown as TypedDocumentString<HomeVisitSummaryFragment, unknown>;
export const HomeVisitContactFragmentDoc = new TypedDocumentString(`
    fragment HomeVisitContact on HomeVisit {
  address
  contactName
  contactPhone
  visitorName
}
    `, {"fragmentName":"HomeVisitContact"}) as unknown as TypedDocumentString<HomeVisitContactFragment, unknown>;
export const SuspensionBatchSummaryFragmentDoc = new TypedDocumentString(`
    fragment SuspensionBatchSummary on SuspensionBatch {
  month
  state
  total
  suspended
  spared
  breakers
  proposedAt
  approvedBy
  approvedAt
  appliedAt
}
    `, {"fragmentName":"SuspensionBatchSummary"}) as unknown as TypedDocumentString<SuspensionBatchSummaryFragment, unknown>;
export const MoratoriumSummaryFragmentDoc = new TypedDocumentString(`
    fragment MoratoriumSummary on Moratorium {
  id
  districtCode
  benefitType
  fromMonth
  throughMonth
  reason
  createdBy
  createdAt
  endedAt
}
    `, {"fragmentName":"MoratoriumSummary"}) as unknown as TypedDocumentString<MoratoriumSummaryFragment, unknown>;
export const LifeEventReportedFragmentDoc = new TypedDocumentString(`
    fragment LifeEventReported on LifeEvent {
  id
  kind
  occurredOn
  state
  source
  sourceReference
  reportedAt
}
    `, {"fragmentName":"LifeEventReported"}) as unknown as TypedDocumentString<LifeEventReportedFragment, unknown>;
export const LifeEventMatchFragmentDoc = new TypedDocumentString(`
    fragment LifeEventMatch on LifeEvent {
  outcome
  overpaidMonths
  maskedName
  document {
    type
    maskedNumber
  }
  reason
  decidedBy
  updatedAt
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}
    `, {"fragmentName":"LifeEventMatch"}) as unknown as TypedDocumentString<LifeEventMatchFragment, unknown>;
export const ReviewCaseSummaryFragmentDoc = new TypedDocumentString(`
    fragment ReviewCaseSummary on ReviewCase {
  id
  kind
  openedAt
  closedAt
  decision
  decidedBy
  reason
  certification {
    id
    state
    occurredAt
  }
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}
    `, {"fragmentName":"ReviewCaseSummary"}) as unknown as TypedDocumentString<ReviewCaseSummaryFragment, unknown>;
export const WebhookEndpointSummaryFragmentDoc = new TypedDocumentString(`
    fragment WebhookEndpointSummary on WebhookEndpoint {
  id
  clientId
  url
  types
  publicKey
  createdAt
  previousKeysUntil
  failingSince
  disabledAt
  disabledReason
}
    `, {"fragmentName":"WebhookEndpointSummary"}) as unknown as TypedDocumentString<WebhookEndpointSummaryFragment, unknown>;
export const AccessLogDocument = new TypedDocumentString(`
    query AccessLog($pensionerId: ID!, $first: Int! = 20, $after: String) {
  accessLog(pensionerId: $pensionerId, first: $first, after: $after) {
    nodes {
      at
      clientId
      clientName
      operation
      requestId
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AccessLogQuery, AccessLogQueryVariables>;
export const CertificationCancelDocument = new TypedDocumentString(`
    mutation CertificationCancel($input: CertificationCancelInput!) {
  certificationCancel(input: $input) {
    session {
      id
      state
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CertificationCancelMutation, CertificationCancelMutationVariables>;
export const CertificationCompleteDocument = new TypedDocumentString(`
    mutation CertificationComplete($input: CertificationCompleteInput!) {
  certificationComplete(input: $input) {
    certification {
      ...CertificationSummary
      pensioner {
        ...PensionerSummary
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<CertificationCompleteMutation, CertificationCompleteMutationVariables>;
export const CertificationDecideDocument = new TypedDocumentString(`
    mutation CertificationDecide($input: CertificationDecideInput!) {
  certificationDecide(input: $input) {
    certification {
      ...CertificationSummary
      decidedBy
      decisionReason
      pensioner {
        ...PensionerSummary
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<CertificationDecideMutation, CertificationDecideMutationVariables>;
export const CertificationPreviewDocument = new TypedDocumentString(`
    query CertificationPreview($subject: SubjectInput!) {
  certificationPreview(subject: $subject) {
    inScope
    wouldBeValidThrough
    needsConfirmation
    notice {
      ...NoticeText
    }
  }
}
    fragment NoticeText on Notice {
  code
  message
  nextChannels {
    code
    name
  }
}`) as unknown as TypedDocumentString<CertificationPreviewQuery, CertificationPreviewQueryVariables>;
export const CertificationRecordDocument = new TypedDocumentString(`
    mutation CertificationRecord($input: CertificationRecordInput!) {
  certificationRecord(input: $input) {
    certification {
      ...CertificationSummary
      pensioner {
        ...PensionerSummary
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<CertificationRecordMutation, CertificationRecordMutationVariables>;
export const CertificationRevokeDocument = new TypedDocumentString(`
    mutation CertificationRevoke($input: CertificationRevokeInput!) {
  certificationRevoke(input: $input) {
    certification {
      ...CertificationSummary
      decidedBy
      decisionReason
      overpaidMonths
      pensioner {
        ...PensionerSummary
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<CertificationRevokeMutation, CertificationRevokeMutationVariables>;
export const CertificationStartDocument = new TypedDocumentString(`
    mutation CertificationStart($input: CertificationStartInput!) {
  certificationStart(input: $input) {
    session {
      id
      state
      challenge
      expiresAt
      pensioner {
        maskedName
        certificationStatus {
          state
          validThrough
        }
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CertificationStartMutation, CertificationStartMutationVariables>;
export const CertificationDocument = new TypedDocumentString(`
    query Certification($id: ID!) {
  certification(id: $id) {
    ...CertificationSummary
    receipt
    pensioner {
      maskedName
    }
  }
}
    fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<CertificationQuery, CertificationQueryVariables>;
export const ChangesDocument = new TypedDocumentString(`
    query Changes($first: Int!, $after: String) {
  changes(first: $first, after: $after) {
    nodes {
      id
      type
      occurredAt
      sequence
      pensionerId
      subjectId
      certificationId
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ChangesQuery, ChangesQueryVariables>;
export const ChannelsDocument = new TypedDocumentString(`
    query Channels {
  channels {
    code
    name
    flow
    methods
  }
}
    `) as unknown as TypedDocumentString<ChannelsQuery, ChannelsQueryVariables>;
export const ContactPhoneReportWrongDocument = new TypedDocumentString(`
    mutation ContactPhoneReportWrong($input: ContactPhoneReportWrongInput!) {
  contactPhoneReportWrong(input: $input) {
    accepted
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<ContactPhoneReportWrongMutation, ContactPhoneReportWrongMutationVariables>;
export const ContactPhoneUpdateDocument = new TypedDocumentString(`
    mutation ContactPhoneUpdate($input: ContactPhoneUpdateInput!) {
  contactPhoneUpdate(input: $input) {
    accepted
    pensioner {
      id
      maskedName
      maskedPhone
      version
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<ContactPhoneUpdateMutation, ContactPhoneUpdateMutationVariables>;
export const ContactTasksDocument = new TypedDocumentString(`
    query ContactTasks($filter: ContactTaskFilter, $first: Int!, $after: String) {
  contactTasks(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      reason
      employerCode
      seeker {
        code
        name
      }
      openedAt
      closedAt
      pensioner {
        id
        maskedName
        maskedPhone
        certificationStatus {
          state
          validThrough
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ContactTasksQuery, ContactTasksQueryVariables>;
export const DataMatchCertificationsSubmitDocument = new TypedDocumentString(`
    mutation DataMatchCertificationsSubmit($input: DataMatchCertificationsSubmitInput!) {
  dataMatchCertificationsSubmit(input: $input) {
    results {
      index
      certification {
        ...CertificationSummary
      }
      userErrors {
        code
        message
        path
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<DataMatchCertificationsSubmitMutation, DataMatchCertificationsSubmitMutationVariables>;
export const EmployerCertificationsSubmitDocument = new TypedDocumentString(`
    mutation EmployerCertificationsSubmit($input: EmployerCertificationsSubmitInput!) {
  employerCertificationsSubmit(input: $input) {
    results {
      index
      certification {
        ...CertificationSummary
        pensioner {
          ...PensionerSummary
        }
      }
      userErrors {
        code
        message
        path
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<EmployerCertificationsSubmitMutation, EmployerCertificationsSubmitMutationVariables>;
export const EmployerContactUpdateDocument = new TypedDocumentString(`
    mutation EmployerContactUpdate($input: EmployerContactUpdateInput!) {
  employerContactUpdate(input: $input) {
    accepted
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<EmployerContactUpdateMutation, EmployerContactUpdateMutationVariables>;
export const ExpiringCertificationsDocument = new TypedDocumentString(`
    query ExpiringCertifications($filter: ExpiryFilter!, $first: Int!, $after: String) {
  expiringCertifications(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      maskedName
      certificationStatus {
        state
        validThrough
        firstUnpaidMonth
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ExpiringCertificationsQuery, ExpiringCertificationsQueryVariables>;
export const ExpiryCalendarDocument = new TypedDocumentString(`
    query ExpiryCalendar($filter: ExpiryFilter!) {
  expiryCalendar(filter: $filter) {
    month
    deadlines
    certified
    outstanding
    suspended
  }
}
    `) as unknown as TypedDocumentString<ExpiryCalendarQuery, ExpiryCalendarQueryVariables>;
export const HomeVisitCancelDocument = new TypedDocumentString(`
    mutation HomeVisitCancel($input: HomeVisitCancelInput!) {
  homeVisitCancel(input: $input) {
    homeVisit {
      ...HomeVisitSummary
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment HomeVisitSummary on HomeVisit {
  id
  state
  reason
  relation
  districtCode
  requestedAt
  visitOn
  closingReason
}`) as unknown as TypedDocumentString<HomeVisitCancelMutation, HomeVisitCancelMutationVariables>;
export const HomeVisitCompleteDocument = new TypedDocumentString(`
    mutation HomeVisitComplete($input: HomeVisitCompleteInput!) {
  homeVisitComplete(input: $input) {
    homeVisit {
      ...HomeVisitSummary
      certification {
        ...CertificationSummary
      }
      pensioner {
        ...PensionerSummary
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}
fragment HomeVisitSummary on HomeVisit {
  id
  state
  reason
  relation
  districtCode
  requestedAt
  visitOn
  closingReason
}`) as unknown as TypedDocumentString<HomeVisitCompleteMutation, HomeVisitCompleteMutationVariables>;
export const HomeVisitDeclineDocument = new TypedDocumentString(`
    mutation HomeVisitDecline($input: HomeVisitDeclineInput!) {
  homeVisitDecline(input: $input) {
    homeVisit {
      ...HomeVisitSummary
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment HomeVisitSummary on HomeVisit {
  id
  state
  reason
  relation
  districtCode
  requestedAt
  visitOn
  closingReason
}`) as unknown as TypedDocumentString<HomeVisitDeclineMutation, HomeVisitDeclineMutationVariables>;
export const HomeVisitRequestDocument = new TypedDocumentString(`
    mutation HomeVisitRequest($input: HomeVisitRequestInput!) {
  homeVisitRequest(input: $input) {
    homeVisit {
      ...HomeVisitSummary
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment HomeVisitSummary on HomeVisit {
  id
  state
  reason
  relation
  districtCode
  requestedAt
  visitOn
  closingReason
}`) as unknown as TypedDocumentString<HomeVisitRequestMutation, HomeVisitRequestMutationVariables>;
export const HomeVisitScheduleDocument = new TypedDocumentString(`
    mutation HomeVisitSchedule($input: HomeVisitScheduleInput!) {
  homeVisitSchedule(input: $input) {
    homeVisit {
      ...HomeVisitSummary
      ...HomeVisitContact
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment HomeVisitSummary on HomeVisit {
  id
  state
  reason
  relation
  districtCode
  requestedAt
  visitOn
  closingReason
}
fragment HomeVisitContact on HomeVisit {
  address
  contactName
  contactPhone
  visitorName
}`) as unknown as TypedDocumentString<HomeVisitScheduleMutation, HomeVisitScheduleMutationVariables>;
export const HomeVisitsDocument = new TypedDocumentString(`
    query HomeVisits($filter: HomeVisitFilter, $first: Int!, $after: String) {
  homeVisits(filter: $filter, first: $first, after: $after) {
    nodes {
      ...HomeVisitSummary
      ...HomeVisitContact
      pensioner {
        id
        maskedName
        certificationStatus {
          state
          validThrough
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment HomeVisitSummary on HomeVisit {
  id
  state
  reason
  relation
  districtCode
  requestedAt
  visitOn
  closingReason
}
fragment HomeVisitContact on HomeVisit {
  address
  contactName
  contactPhone
  visitorName
}`) as unknown as TypedDocumentString<HomeVisitsQuery, HomeVisitsQueryVariables>;
export const IdentityRevealDocument = new TypedDocumentString(`
    mutation IdentityReveal($input: IdentityRevealInput!) {
  identityReveal(input: $input) {
    identity {
      name
      documents {
        type
        number
      }
      phone
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<IdentityRevealMutation, IdentityRevealMutationVariables>;
export const JobRunsDocument = new TypedDocumentString(`
    query JobRuns($job: String, $first: Int!, $after: String) {
  jobRuns(job: $job, first: $first, after: $after) {
    nodes {
      job
      period
      state
      startedAt
      finishedAt
      done
      total
      counts {
        name
        count
      }
      failure
      workedMs
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<JobRunsQuery, JobRunsQueryVariables>;
export const LifeEventCorrectDocument = new TypedDocumentString(`
    mutation LifeEventCorrect($input: LifeEventCorrectInput!) {
  lifeEventCorrect(input: $input) {
    lifeEvent {
      ...LifeEventReported
      ...LifeEventMatch
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment LifeEventReported on LifeEvent {
  id
  kind
  occurredOn
  state
  source
  sourceReference
  reportedAt
}
fragment LifeEventMatch on LifeEvent {
  outcome
  overpaidMonths
  maskedName
  document {
    type
    maskedNumber
  }
  reason
  decidedBy
  updatedAt
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}`) as unknown as TypedDocumentString<LifeEventCorrectMutation, LifeEventCorrectMutationVariables>;
export const LifeEventDecideDocument = new TypedDocumentString(`
    mutation LifeEventDecide($input: LifeEventDecideInput!) {
  lifeEventDecide(input: $input) {
    lifeEvent {
      ...LifeEventReported
      ...LifeEventMatch
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment LifeEventReported on LifeEvent {
  id
  kind
  occurredOn
  state
  source
  sourceReference
  reportedAt
}
fragment LifeEventMatch on LifeEvent {
  outcome
  overpaidMonths
  maskedName
  document {
    type
    maskedNumber
  }
  reason
  decidedBy
  updatedAt
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}`) as unknown as TypedDocumentString<LifeEventDecideMutation, LifeEventDecideMutationVariables>;
export const LifeEventReportDocument = new TypedDocumentString(`
    mutation LifeEventReport($input: LifeEventReportInput!) {
  lifeEventReport(input: $input) {
    lifeEvent {
      ...LifeEventReported
      ...LifeEventMatch
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment LifeEventReported on LifeEvent {
  id
  kind
  occurredOn
  state
  source
  sourceReference
  reportedAt
}
fragment LifeEventMatch on LifeEvent {
  outcome
  overpaidMonths
  maskedName
  document {
    type
    maskedNumber
  }
  reason
  decidedBy
  updatedAt
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}`) as unknown as TypedDocumentString<LifeEventReportMutation, LifeEventReportMutationVariables>;
export const LifeEventVoidDocument = new TypedDocumentString(`
    mutation LifeEventVoid($input: LifeEventVoidInput!) {
  lifeEventVoid(input: $input) {
    lifeEvent {
      ...LifeEventReported
      ...LifeEventMatch
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment LifeEventReported on LifeEvent {
  id
  kind
  occurredOn
  state
  source
  sourceReference
  reportedAt
}
fragment LifeEventMatch on LifeEvent {
  outcome
  overpaidMonths
  maskedName
  document {
    type
    maskedNumber
  }
  reason
  decidedBy
  updatedAt
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}`) as unknown as TypedDocumentString<LifeEventVoidMutation, LifeEventVoidMutationVariables>;
export const LifeEventsDocument = new TypedDocumentString(`
    query LifeEvents($filter: LifeEventFilter, $first: Int!, $after: String) {
  lifeEvents(filter: $filter, first: $first, after: $after) {
    nodes {
      ...LifeEventReported
      ...LifeEventMatch
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment LifeEventReported on LifeEvent {
  id
  kind
  occurredOn
  state
  source
  sourceReference
  reportedAt
}
fragment LifeEventMatch on LifeEvent {
  outcome
  overpaidMonths
  maskedName
  document {
    type
    maskedNumber
  }
  reason
  decidedBy
  updatedAt
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}`) as unknown as TypedDocumentString<LifeEventsQuery, LifeEventsQueryVariables>;
export const MessagesDocument = new TypedDocumentString(`
    query Messages($filter: MessageFilter, $first: Int!, $after: String) {
  messages(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      kind
      month
      recipient
      state
      maskedPhone
      body
      attempts
      maybeTwice
      createdAt
      sentAt
      settledAt
      failure
      pensioner {
        id
        maskedName
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<MessagesQuery, MessagesQueryVariables>;
export const MoratoriaDocument = new TypedDocumentString(`
    query Moratoria {
  moratoria {
    ...MoratoriumSummary
  }
}
    fragment MoratoriumSummary on Moratorium {
  id
  districtCode
  benefitType
  fromMonth
  throughMonth
  reason
  createdBy
  createdAt
  endedAt
}`) as unknown as TypedDocumentString<MoratoriaQuery, MoratoriaQueryVariables>;
export const MoratoriumCreateDocument = new TypedDocumentString(`
    mutation MoratoriumCreate($input: MoratoriumCreateInput!) {
  moratoriumCreate(input: $input) {
    moratorium {
      ...MoratoriumSummary
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment MoratoriumSummary on Moratorium {
  id
  districtCode
  benefitType
  fromMonth
  throughMonth
  reason
  createdBy
  createdAt
  endedAt
}`) as unknown as TypedDocumentString<MoratoriumCreateMutation, MoratoriumCreateMutationVariables>;
export const MoratoriumEndDocument = new TypedDocumentString(`
    mutation MoratoriumEnd($input: MoratoriumEndInput!) {
  moratoriumEnd(input: $input) {
    moratorium {
      ...MoratoriumSummary
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment MoratoriumSummary on Moratorium {
  id
  districtCode
  benefitType
  fromMonth
  throughMonth
  reason
  createdBy
  createdAt
  endedAt
}`) as unknown as TypedDocumentString<MoratoriumEndMutation, MoratoriumEndMutationVariables>;
export const NodeDocument = new TypedDocumentString(`
    query Node($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Certification {
      outcome: state
    }
    ... on CertificationSession {
      sessionState: state
    }
    ... on ContactTask {
      openedAt
    }
    ... on HomeVisit {
      visitState: state
      visitOn
      closingReason
    }
    ... on LifeEvent {
      lifeEventState: state
    }
    ... on Pensioner {
      maskedName
    }
    ... on ReviewCase {
      decision
    }
  }
}
    `) as unknown as TypedDocumentString<NodeQuery, NodeQueryVariables>;
export const PayrollHoldsDocument = new TypedDocumentString(`
    query PayrollHolds($month: YearMonth!, $first: Int!, $after: String) {
  payrollHolds(month: $month, first: $first, after: $after) {
    state
    cutAt
    total
    checksum
    nodes {
      month
      fromMonth
      reasons
      pensioner {
        id
        maskedName
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<PayrollHoldsQuery, PayrollHoldsQueryVariables>;
export const PayrollReleasesDocument = new TypedDocumentString(`
    query PayrollReleases($month: YearMonth!, $first: Int!, $after: String) {
  payrollReleases(month: $month, first: $first, after: $after) {
    state
    cutAt
    total
    checksum
    nodes {
      month
      resumesMonth
      backPayMonths
      pensioner {
        id
        maskedName
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<PayrollReleasesQuery, PayrollReleasesQueryVariables>;
export const PensionerHistoryDocument = new TypedDocumentString(`
    query PensionerHistory($subject: SubjectInput!, $first: Int! = 20, $after: String) {
  pensionerStatus(subject: $subject) {
    pensioner {
      id
      certifications(first: $first, after: $after) {
        nodes {
          ...CertificationSummary
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<PensionerHistoryQuery, PensionerHistoryQueryVariables>;
export const PensionerStatusDocument = new TypedDocumentString(`
    query PensionerStatus($subject: SubjectInput!) {
  pensionerStatus(subject: $subject) {
    inScope
    notice {
      ...NoticeText
    }
    pensioner {
      ...PensionerSummary
    }
  }
}
    fragment PensionerSummary on Pensioner {
  id
  maskedName
  maskedPhone
  version
  documents {
    type
    maskedNumber
  }
  benefits {
    type
    approvedMonth
    agency {
      code
      name
      districtCode
    }
  }
  certificationStatus {
    state
    anchorMonth
    validThrough
    reminderMonths
    firstUnpaidMonth
    lastCertifiedOn
    explanation
    pending {
      id
      state
      channel {
        code
      }
    }
  }
  paymentStatus {
    state
    reasons
    firstUnpaidMonth
    unpaidMonths
    resumesMonth
    backPayMonths
  }
}
fragment NoticeText on Notice {
  code
  message
  nextChannels {
    code
    name
  }
}`) as unknown as TypedDocumentString<PensionerStatusQuery, PensionerStatusQueryVariables>;
export const PensionerStatusesDocument = new TypedDocumentString(`
    query PensionerStatuses($subjects: [SubjectInput!]!) {
  pensionerStatuses(subjects: $subjects) {
    inScope
    notice {
      ...NoticeText
    }
    pensioner {
      id
      maskedName
      certificationStatus {
        state
        validThrough
        firstUnpaidMonth
      }
      paymentStatus {
        state
      }
    }
  }
}
    fragment NoticeText on Notice {
  code
  message
  nextChannels {
    code
    name
  }
}`) as unknown as TypedDocumentString<PensionerStatusesQuery, PensionerStatusesQueryVariables>;
export const PensionerTimelineDocument = new TypedDocumentString(`
    query PensionerTimeline($pensionerId: ID!, $first: Int! = 50, $after: String) {
  timeline(pensionerId: $pensionerId, first: $first, after: $after) {
    nodes {
      at
      kind
      title
      detail
      rule
      policyVersion
      subjectId
      actor
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<PensionerTimelineQuery, PensionerTimelineQueryVariables>;
export const ReviewCaseDecideDocument = new TypedDocumentString(`
    mutation ReviewCaseDecide($input: ReviewCaseDecideInput!) {
  reviewCaseDecide(input: $input) {
    reviewCase {
      ...ReviewCaseSummary
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment ReviewCaseSummary on ReviewCase {
  id
  kind
  openedAt
  closedAt
  decision
  decidedBy
  reason
  certification {
    id
    state
    occurredAt
  }
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}`) as unknown as TypedDocumentString<ReviewCaseDecideMutation, ReviewCaseDecideMutationVariables>;
export const ReviewCasesDocument = new TypedDocumentString(`
    query ReviewCases($filter: ReviewCaseFilter, $first: Int!, $after: String) {
  reviewCases(filter: $filter, first: $first, after: $after) {
    nodes {
      ...ReviewCaseSummary
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment ReviewCaseSummary on ReviewCase {
  id
  kind
  openedAt
  closedAt
  decision
  decidedBy
  reason
  certification {
    id
    state
    occurredAt
  }
  pensioner {
    id
    maskedName
    paymentStatus {
      state
      reasons
      firstUnpaidMonth
      unpaidMonths
      resumesMonth
      backPayMonths
    }
  }
}`) as unknown as TypedDocumentString<ReviewCasesQuery, ReviewCasesQueryVariables>;
export const ReviewQueueDocument = new TypedDocumentString(`
    query ReviewQueue($filter: ReviewFilter, $first: Int!, $after: String) {
  reviewQueue(filter: $filter, first: $first, after: $after) {
    nodes {
      ...CertificationSummary
      waitingDays
      evidence {
        kind
        capturedAt
        shows
        cameraKind
        expiresOn
        verifier
        sha256
      }
      pensioner {
        id
        maskedName
        certificationStatus {
          validThrough
          state
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment CertificationSummary on Certification {
  id
  state
  channel {
    code
    name
  }
  method
  actor
  occurredAt
  receivedAt
  decidedAt
  reviewDueOn
  validThrough
  rejection {
    code
    message
    nextChannels {
      code
      name
    }
  }
}`) as unknown as TypedDocumentString<ReviewQueueQuery, ReviewQueueQueryVariables>;
export const SandboxClockAdvanceDocument = new TypedDocumentString(`
    mutation SandboxClockAdvance($input: SandboxClockAdvanceInput!) {
  sandboxClockAdvance(input: $input) {
    now
    runs
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<SandboxClockAdvanceMutation, SandboxClockAdvanceMutationVariables>;
export const SandboxFaceAssertionDocument = new TypedDocumentString(`
    mutation SandboxFaceAssertion($input: SandboxFaceAssertionInput!) {
  sandboxFaceAssertion(input: $input) {
    faceAssertion
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<SandboxFaceAssertionMutation, SandboxFaceAssertionMutationVariables>;
export const SuspensionBatchApproveDocument = new TypedDocumentString(`
    mutation SuspensionBatchApprove($input: SuspensionBatchApproveInput!) {
  suspensionBatchApprove(input: $input) {
    suspensionBatch {
      ...SuspensionBatchSummary
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment SuspensionBatchSummary on SuspensionBatch {
  month
  state
  total
  suspended
  spared
  breakers
  proposedAt
  approvedBy
  approvedAt
  appliedAt
}`) as unknown as TypedDocumentString<SuspensionBatchApproveMutation, SuspensionBatchApproveMutationVariables>;
export const SuspensionBatchDocument = new TypedDocumentString(`
    query SuspensionBatch($month: YearMonth!, $first: Int!, $after: String) {
  suspensionBatch(month: $month) {
    ...SuspensionBatchSummary
    candidateDetails(first: $first, after: $after) {
      nodes {
        state
        expectedState
        validThrough
        decidedAt
        explanation
        reminders {
          month
          recipient
          state
          sentAt
        }
        pensioner {
          id
          maskedName
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment SuspensionBatchSummary on SuspensionBatch {
  month
  state
  total
  suspended
  spared
  breakers
  proposedAt
  approvedBy
  approvedAt
  appliedAt
}`) as unknown as TypedDocumentString<SuspensionBatchQuery, SuspensionBatchQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    kind
    name
    channel {
      code
      name
    }
    scopes
    roles
    sandbox
    now
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const WebhookDeliveriesDocument = new TypedDocumentString(`
    query WebhookDeliveries($endpointId: ID!, $state: WebhookDeliveryState, $first: Int!, $after: String) {
  webhookDeliveries(
    endpointId: $endpointId
    state: $state
    first: $first
    after: $after
  ) {
    nodes {
      id
      eventId
      type
      state
      replay
      attempts {
        at
        status
        failure
        milliseconds
      }
      nextAttemptAt
      createdAt
      settledAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<WebhookDeliveriesQuery, WebhookDeliveriesQueryVariables>;
export const WebhookDeliveryReplayDocument = new TypedDocumentString(`
    mutation WebhookDeliveryReplay($input: WebhookDeliveryReplayInput!) {
  webhookDeliveryReplay(input: $input) {
    replayed
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<WebhookDeliveryReplayMutation, WebhookDeliveryReplayMutationVariables>;
export const WebhookEndpointCreateDocument = new TypedDocumentString(`
    mutation WebhookEndpointCreate($input: WebhookEndpointCreateInput!) {
  webhookEndpointCreate(input: $input) {
    endpoint {
      ...WebhookEndpointSummary
    }
    secret
    userErrors {
      code
      message
      path
    }
  }
}
    fragment WebhookEndpointSummary on WebhookEndpoint {
  id
  clientId
  url
  types
  publicKey
  createdAt
  previousKeysUntil
  failingSince
  disabledAt
  disabledReason
}`) as unknown as TypedDocumentString<WebhookEndpointCreateMutation, WebhookEndpointCreateMutationVariables>;
export const WebhookEndpointDeleteDocument = new TypedDocumentString(`
    mutation WebhookEndpointDelete($input: WebhookEndpointDeleteInput!) {
  webhookEndpointDelete(input: $input) {
    endpoint {
      ...WebhookEndpointSummary
    }
    secret
    userErrors {
      code
      message
      path
    }
  }
}
    fragment WebhookEndpointSummary on WebhookEndpoint {
  id
  clientId
  url
  types
  publicKey
  createdAt
  previousKeysUntil
  failingSince
  disabledAt
  disabledReason
}`) as unknown as TypedDocumentString<WebhookEndpointDeleteMutation, WebhookEndpointDeleteMutationVariables>;
export const WebhookEndpointEnableDocument = new TypedDocumentString(`
    mutation WebhookEndpointEnable($input: WebhookEndpointEnableInput!) {
  webhookEndpointEnable(input: $input) {
    endpoint {
      ...WebhookEndpointSummary
    }
    secret
    userErrors {
      code
      message
      path
    }
  }
}
    fragment WebhookEndpointSummary on WebhookEndpoint {
  id
  clientId
  url
  types
  publicKey
  createdAt
  previousKeysUntil
  failingSince
  disabledAt
  disabledReason
}`) as unknown as TypedDocumentString<WebhookEndpointEnableMutation, WebhookEndpointEnableMutationVariables>;
export const WebhookEndpointUpdateDocument = new TypedDocumentString(`
    mutation WebhookEndpointUpdate($input: WebhookEndpointUpdateInput!) {
  webhookEndpointUpdate(input: $input) {
    endpoint {
      ...WebhookEndpointSummary
    }
    secret
    userErrors {
      code
      message
      path
    }
  }
}
    fragment WebhookEndpointSummary on WebhookEndpoint {
  id
  clientId
  url
  types
  publicKey
  createdAt
  previousKeysUntil
  failingSince
  disabledAt
  disabledReason
}`) as unknown as TypedDocumentString<WebhookEndpointUpdateMutation, WebhookEndpointUpdateMutationVariables>;
export const WebhookEndpointsDocument = new TypedDocumentString(`
    query WebhookEndpoints($first: Int!, $after: String) {
  webhookEndpoints(first: $first, after: $after) {
    nodes {
      ...WebhookEndpointSummary
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment WebhookEndpointSummary on WebhookEndpoint {
  id
  clientId
  url
  types
  publicKey
  createdAt
  previousKeysUntil
  failingSince
  disabledAt
  disabledReason
}`) as unknown as TypedDocumentString<WebhookEndpointsQuery, WebhookEndpointsQueryVariables>;
export const WebhookSecretRotateDocument = new TypedDocumentString(`
    mutation WebhookSecretRotate($input: WebhookSecretRotateInput!) {
  webhookSecretRotate(input: $input) {
    endpoint {
      ...WebhookEndpointSummary
    }
    secret
    userErrors {
      code
      message
      path
    }
  }
}
    fragment WebhookEndpointSummary on WebhookEndpoint {
  id
  clientId
  url
  types
  publicKey
  createdAt
  previousKeysUntil
  failingSince
  disabledAt
  disabledReason
}`) as unknown as TypedDocumentString<WebhookSecretRotateMutation, WebhookSecretRotateMutationVariables>;