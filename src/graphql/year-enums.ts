import { registerEnumType } from "type-graphql";
import { eventMeanings, eventTypes } from "../domain/events.js";
import { lifeEventSources } from "../domain/life-event.js";
import { suspensionBreakers } from "../domain/suspension.js";
import { timelineEntryKinds } from "../domain/timeline.js";
import { timelineTitle } from "../domain/timeline-texts.js";
import { described, enumOf } from "./enum-registration.js";

export const PayrollListStateEnum = enumOf(
  "PayrollListState",
  "Whether a month's payroll list still changes (发放名单状态).",
  {
    PROVISIONAL: "As things stand now; it may change until payroll cuts the month (未定稿).",
    CUT: "Cut: identical however often it is asked for (已定稿).",
  },
);

export const MessageKindEnum = enumOf("MessageKind", "What a text is about (短信类型).", {
  CERTIFICATION_SUCCEEDED: "A certification has passed (认证成功).",
  CERTIFIED_ON_BEHALF: "Someone certified on the pensioner's behalf (代办告知).",
  REMINDER: "The deadline is near (到期提醒).",
  PAYMENT_SUSPENDED: "Payment stops for want of a certification (暂停发放).",
});

export const MessageRecipientEnum = enumOf("MessageRecipient", "Whom a text is for (短信接收人).", {
  PENSIONER: "The pensioner's contact phone (待遇领取人).",
  EMPLOYER: "The pensioner's employer (单位).",
  HELPER: "Who certified on the pensioner's behalf (代办人).",
});

export const MessageStateEnum = enumOf("MessageState", "What has become of a text (短信状态).", {
  QUEUED: "Waiting for its turn (待发送).",
  SENDING: "The gateway is being called (发送中).",
  UNKNOWN: "The gateway's answer was lost (结果未知).",
  SENT: "The gateway has taken it (已发送).",
  DELIVERED: "It has arrived (已送达).",
  FAILED: "It did not arrive and is not tried again (发送失败).",
  CANCELLED: "No longer true when its turn came (已取消).",
  NO_PHONE: "There is no phone that it may go to (无可用号码).",
});
export const LifeEventKindEnum = enumOf("LifeEventKind", "Events that bear on payment (生存状态事件, C5).", {
  DEATH: "Death: nothing is paid from the next month on (死亡).",
  IMPRISONMENT: "A sentence begins: its months are not paid, nor paid later (服刑).",
  RELEASE_FROM_PRISON: "It ends: payment goes on with the next month (刑满释放).",
  LEFT_SCOPE: "The person no longer belongs to those who are entitled (丧失领取资格).",
});

export const LifeEventSourceEnum = enumOf(
  "LifeEventSource",
  "Which authority a report comes from (信息来源). Two reports are two sources only when these differ.",
  described(lifeEventSources, {
    CIVIL_AFFAIRS: "Civil affairs, cremation (民政、殡葬).",
    PUBLIC_SECURITY: "Public security, household register (公安户籍).",
    HEALTH: "Health authority, hospital (卫生健康).",
    COURT_PRISON: "Court or prison (法院、监狱).",
    FAMILY: "The family (家属).",
    EMPLOYER: "The employer (单位).",
    STREET_CENTRE: "Street service centre or community (街镇、社区).",
    AGENCY: "The agency itself (经办机构).",
  }),
);

export const LifeEventOutcomeEnum = enumOf(
  "LifeEventOutcome",
  "Whom a report leads to (比对结果). Only MATCHED acts on payment.",
  {
    MATCHED:
      "To one person for certain: by document and name, by two sources, or by decision of staff (已匹配).",
    NO_MATCH: "To nobody in the register (无匹配).",
    MULTIPLE_CANDIDATES: "To several persons (多个候选).",
    PENDING_REVIEW: "To one person, not for certain (待核实).",
  },
);

export const LifeEventStateEnum = enumOf("LifeEventState", "What became of a report since (报告状态).", {
  ACTIVE: "Stands as it was reported or corrected (有效).",
  CONFIRMED: "Staff have seen the proof (已确认).",
  VOIDED: "Taken back by its source or by staff (已撤回).",
});

export const LifeEventDecisionEnum = enumOf("LifeEventDecision", "What staff find of a report (核实结论).", {
  CONFIRM: "It is true and of this person; a death ends payment for good (确认).",
  DISMISS: "It is not; what it stopped is paid (不予采信).",
});

export const ReviewCaseKindEnum = enumOf(
  "ReviewCaseKind",
  "Why a pass waits for someone to look at it (核查类型).",
  {
    LONG_SUSPENSION: "After twelve unpaid months or more (长期停发后认证, P7).",
    PASS_AFTER_DEATH: "After a death was reported (死亡报告后认证, C5).",
  },
);

export const ReviewCaseDecisionEnum = enumOf(
  "ReviewCaseDecision",
  "What staff decide on a case (核查决定).",
  {
    RELEASE: "Payment goes on and what is owed is paid (恢复发放).",
    KEEP: "Payment stays as it is (维持停发).",
  },
);

export const SuspensionBatchStateEnum = enumOf(
  "SuspensionBatchState",
  "How far the suspensions of a month have come (停发批次状态).",
  {
    PREVIEW: "Proposed, nobody is suspended yet (待审批).",
    APPROVED: "Approved by name, being applied (已审批).",
    APPLIED: "Every candidate has been decided (已执行).",
  },
);

export const SuspensionCandidateStateEnum = enumOf(
  "SuspensionCandidateState",
  "What became of a candidate (停发名单人员状态).",
  {
    PROPOSED: "Not decided yet (待决定).",
    SUSPENDED: "Payment is suspended (已暂停).",
    CERTIFIED: "Spared: certified before it was applied (已认证).",
    UNDER_REVIEW: "Spared: a submission made in time is under review (审核中).",
    POSTPONED: "Spared: a moratorium for the district or the benefit (缓办).",
    HELD_ALREADY: "Payment stands still already (此前已停发).",
  },
);

export const SuspensionBreakerEnum = enumOf(
  "SuspensionBreaker",
  "What stops a batch until a person has looked at it (熔断原因).",
  described(suspensionBreakers, {
    TWICE_LAST_MONTH: "More than twice last month's suspensions (超过上月两倍).",
    LARGE_SHARE_OF_DISTRICT: "More than 5 % of a district's pensioners (某区占比过高).",
    CHANNEL_INBOX_UNREAD: "A channel's submissions wait longer than they may (渠道待审件超期).",
    IMPORT_MISSING: "No register was imported in the deadline month or since (当期名册未导入).",
  }),
);

export const TimelineEntryKindEnum = enumOf(
  "TimelineEntryKind",
  "What an entry of a timeline is about (时间线条目类型). Treat unknown values as a text to show.",
  described(
    timelineEntryKinds,
    Object.fromEntries(
      timelineEntryKinds.map((kind) => {
        const facts = { kind, code: null, about: null };
        return [kind, `${timelineTitle(facts, "en")} (${timelineTitle(facts, "zh-CN")}).`];
      }),
    ),
  ),
);
export const JobRunStateEnum = enumOf("JobRunState", "How a run of a job stands (任务状态).", {
  RUNNING: "Under way (执行中).",
  DONE: "Done (已完成).",
  FAILED: "Failed or stopped; it will be tried again (失败或中止, 将重试).",
});

/** A GraphQL name of an event's type: CERTIFICATION_PASSED for certification.passed. */
const eventTypeNames = Object.fromEntries(
  eventTypes.map((type) => [type.toUpperCase().replace(".", "_"), type]),
);
registerEnumType(eventTypeNames, {
  name: "ChangeType",
  description: "What happened to a person (变更类型). Treat unknown values as something to pass over.",
  valuesConfig: Object.fromEntries(
    Object.entries(eventTypeNames).map(([name, type]) => [name, { description: eventMeanings[type].text }]),
  ),
});
export const ChangeTypeEnum = eventTypeNames;

export const WebhookDisabledReasonEnum = enumOf(
  "WebhookDisabledReason",
  "Why nothing more is sent to an endpoint (停用原因).",
  {
    GONE: "The receiver answered 410 Gone (接收方答复410).",
    FAILING: "Nothing has arrived for five days (连续五天失败).",
    DELETED: "Its client deleted it (已删除).",
  },
);

export const WebhookDeliveryStateEnum = enumOf(
  "WebhookDeliveryState",
  "How far a delivery has come (推送状态).",
  {
    PENDING: "To be sent, for the first time or again (待推送).",
    DELIVERED: "The receiver answered with a 2xx status (已送达).",
    FAILED: "Given up, after the last attempt or with its endpoint (推送失败).",
  },
);
