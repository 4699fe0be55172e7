import { boolean, date, index, pgTable, primaryKey, smallint, text, unique, uuid } from "drizzle-orm/pg-core";
import type {
  LifeEventBasis,
  LifeEventKind,
  LifeEventOutcome,
  LifeEventSource,
  LifeEventState,
} from "../../domain/life-event.js";
import { bucket, bytea, code, instant } from "../columns.js";

/** C5: what a source told of a person; which person, where one could be told from what it said. */
export const lifeEvent = pgTable(
  "life_event",
  {
    /** The event's own: not every one is about a person of the register. */
    bucket: bucket(),
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    byStaff: boolean("by_staff").notNull(),
    kind: code("kind").$type<LifeEventKind>().notNull(),
    occurredOn: date("occurred_on", { mode: "string" }).notNull(),
    outcome: code("outcome").$type<LifeEventOutcome>().notNull(),
    /** By what it acts of itself; MATCHED without it by a second source alone. */
    basis: code("basis").$type<LifeEventBasis>(),
    state: code("state").$type<LifeEventState>().notNull(),
    personBucket: smallint("person_bucket"),
    pensionerId: uuid("pensioner_id"),
    /** Which authority it comes from; two reports count as two sources only when these differ. */
    source: code("source").$type<LifeEventSource>().notNull(),
    sourceReferenceSealed: bytea("source_reference_sealed").notNull(),
    /** Keyed: the source's own reference. */
    sourceReferenceIndex: bytea("source_reference_index").notNull(),
    nameSealed: bytea("name_sealed").notNull(),
    documentSealed: bytea("document_sealed"),
    reasonSealed: bytea("reason_sealed"),
    /** Paid although the event had come before. */
    overpaidMonths: text("overpaid_months").array().notNull().default([]),
    decidedBy: code("decided_by"),
    reportedAt: instant("reported_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "life_event_pk", columns: [t.bucket, t.id] }),
    unique("life_event_source_once").on(t.clientId, t.source, t.sourceReferenceIndex),
    index("life_event_person_idx").on(t.personBucket, t.pensionerId),
    index("life_event_outcome_idx").on(t.outcome, t.state, t.id),
    index("life_event_list_idx").on(t.id),
  ],
);
