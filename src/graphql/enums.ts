import { staffRoles } from "../domain/actor.js";
import { benefitTypes } from "../domain/benefits.js";
import { channelCodes, channels } from "../domain/channels.js";
import { documentTypes } from "../domain/document-number.js";
import { evidenceKinds } from "../domain/evidence-kinds.js";
import { refusals, userErrorCodes } from "../domain/refusals.js";
import { described, enumOf } from "./enum-registration.js";

export const ViewerKindEnum = enumOf("ViewerKind", "What kind of client is asking.", {
  CHANNEL: "A channel's back end (渠道).",
  STAFF: "Staff of the agency (经办机构工作人员).",
});

export const StaffRoleEnum = enumOf(
  "StaffRole",
  "What a member of staff is there for; what they may follows from it (岗位). No one both acts and watches over it.",
  described(staffRoles, {
    OPERATOR: "Looks people up, watches deadlines, keeps contacts and home visits (经办岗).",
    REVIEWER: "Decides and revokes submissions (审核岗).",
    SUPERVISOR: "Approves suspensions and postpones them (主管岗).",
    PAYROLL: "Hands payroll its lists (发放岗).",
    SECURITY_ADMIN: "Watches over clients and who read whom (安全管理岗).",
    AUDITOR: "Reads everything, changes nothing (审计岗).",
  }),
);

export const DocumentTypeEnum = enumOf(
  "DocumentType",
  "Identity documents (证件类型).",
  described(documentTypes, {
    RESIDENT_ID: "Resident identity card (居民身份证): 18 characters; 15 digits of old cards are upgraded.",
    HMT_RESIDENCE_PERMIT:
      "Residence permit for Hong Kong, Macau and Taiwan residents (港澳台居民居住证): begins with 81, 82 or 83.",
    FOREIGN_PERMANENT_RESIDENT_ID:
      "Foreign permanent resident ID card (外国人永久居留身份证): 18 digits beginning with 9, or three letters and 12 digits.",
    PASSPORT: "Passport (护照): 5 to 20 letters and digits.",
  }),
);

export const BenefitTypeEnum = enumOf(
  "BenefitType",
  "Benefits whose recipients certify once in 12 months (待遇类型). The list is open: treat unknown values as OTHER.",
  described(benefitTypes, {
    ENTERPRISE_RETIREMENT: "Enterprise retirement, 离休 included (企业职工离退休).",
    PUBLIC_INSTITUTION_RETIREMENT: "Retirement from public institutions (机关事业单位退休).",
    RESIDENT_PENSION: "Urban and rural resident pension (城乡居民基本养老保险).",
    ILLNESS_DISABILITY_ALLOWANCE: "Allowance for illness or non-work disability (病残津贴).",
    WORK_INJURY_DISABILITY_ALLOWANCE: "Work injury disability allowance (伤残津贴).",
    LIVING_CARE_ALLOWANCE: "Living care allowance (生活护理费).",
    DEPENDENT_SURVIVOR_ALLOWANCE: "Allowance for dependent survivors (供养亲属抚恤金).",
    OTHER: "Any other periodic benefit (其他).",
  }),
);

export const CertificationStateEnum = enumOf(
  "CertificationState",
  "Whether a certification is needed (认证状态). Derived from the records and a day, never stored.",
  {
    VALID: "Valid and not yet due (有效期内).",
    DUE_SOON: "Valid, in the deadline month or one of the two months before it (临期).",
    OVERDUE: "The deadline month has ended without a certification (超期).",
  },
);

export const PaymentStateEnum = enumOf("PaymentState", "Whether the benefit is being paid (发放状态).", {
  PAYING: "Paid month by month (正常发放).",
  SUSPENDED: "Not paid for the reasons listed, to be paid later where they allow it (暂停发放).",
  TERMINATED: "Ended for good (终止).",
});

export const HoldReasonEnum = enumOf(
  "HoldReason",
  "Reasons for not paying; payment resumes when the last one is closed (停发原因).",
  {
    NOT_CERTIFIED: "Not certified by the end of the deadline month (超期未认证).",
    DEATH_REPORTED: "A death has been reported (死亡报告).",
    IN_PRISON: "Serving a sentence (服刑).",
    ELIGIBILITY_DOUBT: "Entitlement is being looked into (疑似丧失资格).",
    OTHER: "Any other reason (其他).",
  },
);

export const NoticeCodeEnum = enumOf(
  "NoticeCode",
  "What a notice is about (提示). Treat unknown values as a text to show.",
  {
    NOT_IN_SCOPE: "Not in the scope of this certification (不在本次认证范围内).",
    ALREADY_VALID: "Still valid: ask whether to certify again (仍在有效期内).",
    DUE_SOON: "The deadline is near (即将到期).",
    OVERDUE: "The deadline has passed (已超期).",
    PAYMENT_SUSPENDED: "Payment is suspended (已暂停发放).",
    UNDER_REVIEW: "A submission is being reviewed (审核中).",
  },
);

export const CertificationOutcomeEnum = enumOf(
  "CertificationOutcome",
  "What became of a certification (认证结果).",
  {
    PENDING: "Submitted, waiting for a decision (待审核).",
    PASSED: "Passed; validity was extended (通过).",
    REJECTED: "Not passed; nothing else changed (不通过).",
    REVOKED: "Passed once and taken back since (已撤销).",
  },
);

export const CertificationMethodEnum = enumOf(
  "CertificationMethod",
  "How a certification is made (认证方式).",
  {
    FACE: "Face verification in an app (人脸识别).",
    IN_PERSON: "In person at a counter (窗口).",
    KIOSK: "At a self-service machine (自助机).",
    EMPLOYER_DOCUMENTS: "Documents handed in by the employer (单位办理).",
    HOME_VISIT: "Home visit (上门认证).",
    DATA_MATCH: "Comparison of data (数据比对).",
  },
);

export const ActorKindEnum = enumOf("ActorKind", "Who acted (办理人).", {
  SELF: "The pensioner (本人).",
  ON_BEHALF: "A helper, on behalf of the pensioner (代他人).",
  OPERATOR: "An operator at a counter (经办人).",
  MACHINE: "A self-service machine (自助机).",
  EMPLOYER: "The employer (用人单位).",
  AGENCY: "The agency (经办机构).",
});

export const RejectionCodeEnum = enumOf("RejectionCode", "Why a certification did not pass (不通过原因).", {
  FACE_MISMATCH: "The face is not the pensioner's (人脸比对不一致).",
  LIVENESS_FAILED: "The face was not that of a live person (活体检测未通过).",
  DOCUMENT_INVALID: "The document is not valid (证件无效).",
  DOCUMENT_EXPIRED: "The document has expired (证件已过期).",
  PHOTO_INCOMPLETE: "The photo lacks face, time or document (照片要素不全).",
  EVIDENCE_NOT_ADMISSIBLE: "This kind of evidence never counts (不能作为认证依据).",
  REVIEW_REJECTED: "Rejected by the reviewer (审核不通过).",
  OTHER: "Any other reason (其他).",
});

export const ChannelFlowEnum = enumOf("ChannelFlow", "How a channel certifies (办理流程).", {
  SESSION: "Start a session, verify the face, complete (会话).",
  RECORD: "Record what an operator or a machine saw (现场登记).",
  BATCH: "Submit many at once (批量).",
  VISIT: "Request, schedule and complete a visit (上门).",
});

export const ChannelCodeEnum = enumOf(
  "ChannelCode",
  "Channels (渠道). Treat unknown values as a channel you do not know.",
  described(
    channelCodes,
    Object.fromEntries(channels.map((channel) => [channel.code, `${channel.nameEn} (${channel.nameZh}).`])),
  ),
);

export const SessionStateEnum = enumOf("SessionState", "State of a certification session (会话状态).", {
  OPEN: "Waiting for the face verification (进行中).",
  COMPLETED: "Certified (已完成).",
  EXPIRED: "Not completed in time (已过期).",
  CANCELLED: "Cancelled by the channel (已取消).",
});

export const HelperRelationEnum = enumOf(
  "HelperRelation",
  "The helper's relation to the pensioner (与待遇领取人员关系).",
  {
    SPOUSE: "Spouse (配偶).",
    CHILD: "Child (子女).",
    PARENT: "Parent (父母).",
    OTHER_RELATIVE: "Another relative (其他亲属).",
    CAREGIVER: "Caregiver (护理人员).",
    OTHER: "Someone else (其他).",
  },
);

export const HomeVisitStateEnum = enumOf("HomeVisitState", "State of a home visit (上门认证状态).", {
  REQUESTED: "Asked for, no day arranged (已申请).",
  SCHEDULED: "A day is arranged (已预约).",
  COMPLETED: "Visited and certified (已办结).",
  DECLINED: "The centre does not visit (未受理).",
  CANCELLED: "Not needed any more (已取消).",
});

export const HomeVisitReasonEnum = enumOf("HomeVisitReason", "Why the person cannot come (申请原因).", {
  ADVANCED_AGE: "Advanced age (高龄).",
  ILLNESS: "Illness (疾病).",
  LIMITED_MOBILITY: "Limited mobility (行动不便).",
  OTHER: "Any other reason (其他).",
});

export const ContactTaskReasonEnum = enumOf(
  "ContactTaskReason",
  "Why a person has to be found by other means (联系核实原因).",
  {
    WRONG_NUMBER: "The phone is someone else's (号码有误).",
    BOUNCED: "A text did not arrive (短信未送达).",
  },
);

export const UserErrorCodeEnum = enumOf(
  "UserErrorCode",
  "Why a write was refused (业务错误码). The code is the contract; the message is for people.",
  described(userErrorCodes, {
    ...Object.fromEntries(
      [...Object.values(refusals)].reverse().map((row) => [row.code, `${row.en} (${row["zh-CN"]})`]),
    ),
    NOT_IN_SCOPE:
      "No person in scope was named: wrong name, wrong number and unknown person give this same answer (不在认证范围).",
    ALREADY_VALID:
      "Still valid: show the message and ask; certify again with recertifyWhenValid (仍在有效期内).",
    INVALID_DOCUMENT:
      "The document number cannot exist; the message says what is wrong with it (证件号码不正确).",
    EVIDENCE_REJECTED:
      "The evidence does not count: signature, issuer, session, age or a second use (认证材料无效).",
    METHOD_NOT_ALLOWED: "The channel does not certify by this method (认证方式不允许).",
    TOO_OLD: "The channel's own time lies outside its allowed backlog (超出允许的补录时限).",
    STALE_VERSION: "The record has changed since it was read (数据已更新).",
    WRONG_STATE: "Not possible in the present state (状态不允许).",
    NOT_FOUND: "There is no such thing, or it is not yours to see (未找到).",
    INVALID_INPUT: "An input is not usable; path and message say which and why (输入有误).",
  }),
);

export const DecisionEnum = enumOf("Decision", "What a reviewer decides (审核决定).", {
  PASS: "It certifies, in the month of this decision (通过).",
  REJECT: "It does not; a reason is needed (不通过).",
});

export const EvidenceKindEnum = enumOf(
  "EvidenceKind",
  "What a certification can rest on (认证材料类型).",
  described(evidenceKinds, {
    FACE_ASSERTION: "A face verified by a registered verifier (人脸核验结果).",
    IDENTITY_DOCUMENT: "A document shown in person (有效身份证件).",
    CERTIFICATION_FORM: "The certification form (资格认证表).",
    ID_COPY_BOTH_SIDES: "Copy of both sides of the document (证件正反面复印件).",
    HOLDING_ID_PHOTO: "Photo of the person holding the document (手持证件照).",
    HOME_VISIT: "A visit that took place (上门认证).",
    DATA_SOURCE: "A trace in another system's data (数据比对).",
  }),
);

export const CameraKindEnum = enumOf("CameraKind", "Camera of a self-service machine (摄像头类型).", {
  MONOCULAR: "One lens (单目).",
  BINOCULAR: "Two lenses (双目).",
});

export const DocumentEvidenceKindEnum = enumOf(
  "DocumentEvidenceKind",
  "Documents that an employer hands in (单位办理材料).",
  {
    CERTIFICATION_FORM: "北京市领取社会保险待遇资格认证表.",
    ID_COPY_BOTH_SIDES: "Copy of both sides of the identity document (有效身份证件正反面复印件).",
    HOLDING_ID_PHOTO: "Photo of the person holding the document (手持证件照).",
  },
);

export const PhotoElementEnum = enumOf("PhotoElement", "What a photo shows (照片要素).", {
  FACE: "The face (人脸).",
  TIME: "The time (时间).",
  DOCUMENT: "The document (证照).",
});

export const DataSourceEnum = enumOf("DataSource", "Sources of data matching (数据来源).", {
  OUTPATIENT_VISIT: "Outpatient visit (门诊就医); never admissible.",
  PHARMACY_PURCHASE: "Purchase in a designated pharmacy (定点药店购药); never admissible.",
  INPATIENT_STAY: "Stay in hospital (住院).",
  TRAVEL_RECORD: "Travel record (出行).",
  GOVERNMENT_FACE_CHECK: "Face check by another authority (政务人脸核验).",
  COUNTER_SERVICE: "Service at a counter (窗口办事).",
});

export const SandboxFaceOutcomeEnum = enumOf(
  "SandboxFaceOutcome",
  "What the sandbox's verifier shall find (沙箱人脸核验结果).",
  {
    MATCH: "The face matches (一致).",
    MISMATCH: "The face does not match (不一致).",
    LIVENESS_FAILED: "Not a live person (活体检测未通过).",
  },
);
