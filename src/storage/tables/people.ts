import { sql } from "drizzle-orm";
import { check, date, index, integer, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import type { BenefitType } from "../../domain/benefits.js";
import type { DocumentType } from "../../domain/document-number.js";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

export type PhoneSource = "REGISTER" | "CERTIFICATION" | "UPDATE";

export const pensioner = pgTable(
  "pensioner",
  {
    bucket: bucket(),
    id: uuid("id").notNull(),
    nameSealed: bytea("name_sealed").notNull(),
    nameIndex: bytea("name_index").notNull(),
    phoneSealed: bytea("phone_sealed"),
    /** C2: keyed, not unique: several people may share a phone. */
    phoneIndex: bytea("phone_index"),
    phoneSource: code("phone_source").$type<PhoneSource>(),
    employerCode: code("employer_code"),
    registerCertifiedOn: date("register_certified_on", { mode: "string" }),
    anchorMonth: code("anchor_month").notNull(),
    validThrough: date("valid_through", { mode: "string" }).notNull(),
    lastCertifiedOn: date("last_certified_on", { mode: "string" }),
    version: integer("version").notNull(),
    importRun: uuid("import_run"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "pensioner_pk", columns: [t.bucket, t.id] }),
    index("pensioner_phone_idx").on(t.phoneIndex),
    index("pensioner_valid_through_idx").on(t.validThrough, t.bucket, t.id),
    check("pensioner_bucket_range", sql`${t.bucket} between 0 and 1023`),
    check("pensioner_anchor_month_form", sql`${t.anchorMonth} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
  ],
);

export const identityDocument = pgTable(
  "identity_document",
  {
    blindIndex: bytea("blind_index").notNull(),
    bucket: bucket(),
    pensionerId: pensionerId(),
    type: code("type").$type<DocumentType>().notNull(),
    numberSealed: bytea("number_sealed").notNull(),
  },
  (t) => [
    primaryKey({ name: "identity_document_pk", columns: [t.blindIndex] }),
    index("identity_document_pensioner_idx").on(t.bucket, t.pensionerId),
  ],
);

export const benefit = pgTable(
  "benefit",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    type: code("type").$type<BenefitType>().notNull(),
    approvedMonth: code("approved_month").notNull(),
    agencyCode: code("agency_code").notNull(),
    districtCode: code("district_code").notNull(),
    importRun: uuid("import_run"),
  },
  (t) => [
    primaryKey({ name: "benefit_pk", columns: [t.bucket, t.pensionerId, t.type] }),
    index("benefit_district_idx").on(t.districtCode, t.bucket, t.pensionerId),
    check("benefit_approved_month_form", sql`${t.approvedMonth} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
  ],
);

export const agency = pgTable(
  "agency",
  {
    code: code("code").notNull(),
    name: code("name").notNull(),
    districtCode: code("district_code").notNull(),
  },
  (t) => [primaryKey({ name: "agency_pk", columns: [t.code] })],
);
