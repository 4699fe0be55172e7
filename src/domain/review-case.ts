/** P7: a pass after a long suspension; C5: a pass after a reported death. */
export type ReviewCaseKind = "LONG_SUSPENSION" | "PASS_AFTER_DEATH";

/** RELEASE lifts the hold and pays what is owed; KEEP leaves the hold as it is. */
export type ReviewCaseDecision = "RELEASE" | "KEEP";
