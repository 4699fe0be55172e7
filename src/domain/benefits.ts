/** S1: the benefits whose recipients must certify. The briefing's list is open ("等"), hence OTHER. */
export const benefitTypes = [
  "ENTERPRISE_RETIREMENT",
  "PUBLIC_INSTITUTION_RETIREMENT",
  "RESIDENT_PENSION",
  "ILLNESS_DISABILITY_ALLOWANCE",
  "WORK_INJURY_DISABILITY_ALLOWANCE",
  "LIVING_CARE_ALLOWANCE",
  "DEPENDENT_SURVIVOR_ALLOWANCE",
  "OTHER",
] as const;
export type BenefitType = (typeof benefitTypes)[number];
