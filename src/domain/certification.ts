/** What became of a certification. */
export type CertificationOutcome = "PENDING" | "PASSED" | "REJECTED" | "REVOKED";

/** Who acted. */
export type ActorKind = "SELF" | "ON_BEHALF" | "OPERATOR" | "MACHINE" | "EMPLOYER" | "AGENCY";

/** C1: what the helper is to the pensioner. */
export type HelperRelation = "SPOUSE" | "CHILD" | "PARENT" | "OTHER_RELATIVE" | "CAREGIVER" | "OTHER";
