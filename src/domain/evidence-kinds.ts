/** What a certification can rest on, by name. */

export const evidenceKinds = [
  "FACE_ASSERTION",
  "IDENTITY_DOCUMENT",
  "CERTIFICATION_FORM",
  "ID_COPY_BOTH_SIDES",
  "HOLDING_ID_PHOTO",
  "HOME_VISIT",
  "DATA_SOURCE",
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];
export type CameraKind = "MONOCULAR" | "BINOCULAR";
export type PhotoElement = "FACE" | "TIME" | "DOCUMENT";
export type DocumentEvidenceKind = "CERTIFICATION_FORM" | "ID_COPY_BOTH_SIDES" | "HOLDING_ID_PHOTO";
export type DataSource =
  | "OUTPATIENT_VISIT"
  | "PHARMACY_PURCHASE"
  | "INPATIENT_STAY"
  | "TRAVEL_RECORD"
  | "GOVERNMENT_FACE_CHECK"
  | "COUNTER_SERVICE";
