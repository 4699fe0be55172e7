/** E5: from the family's request to the certification, or to why there was none. */
export type HomeVisitState = "REQUESTED" | "SCHEDULED" | "COMPLETED" | "DECLINED" | "CANCELLED";

/** E5: why the person cannot come. */
export type HomeVisitReason = "ADVANCED_AGE" | "ILLNESS" | "LIMITED_MOBILITY" | "OTHER";
