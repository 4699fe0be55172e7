import { date, index, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import type { HelperRelation } from "../../domain/certification.js";
import type { HomeVisitReason, HomeVisitState } from "../../domain/home-visit.js";
import { bucket, bytea, code, instant, pensionerId } from "../columns.js";

/** E5: a visit to someone who cannot come, from the request to the certification. */
export const homeVisit = pgTable(
  "home_visit",
  {
    bucket: bucket(),
    pensionerId: pensionerId(),
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    state: code("state").$type<HomeVisitState>().notNull(),
    reason: code("reason").$type<HomeVisitReason>().notNull(),
    /** Division code of the habitual residence: whose desk it lies on. */
    districtCode: code("district_code").notNull(),
    addressSealed: bytea("address_sealed").notNull(),
    contactNameSealed: bytea("contact_name_sealed").notNull(),
    contactPhoneSealed: bytea("contact_phone_sealed").notNull(),
    relation: code("relation").$type<HelperRelation>().notNull(),
    visitOn: date("visit_on", { mode: "string" }),
    visitorNameSealed: bytea("visitor_name_sealed"),
    closingReasonSealed: bytea("closing_reason_sealed"),
    certificationId: uuid("certification_id"),
    requestedAt: instant("requested_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "home_visit_pk", columns: [t.bucket, t.pensionerId, t.id] }),
    index("home_visit_desk_idx").on(t.districtCode, t.state, t.id),
  ],
);
