import { date, index, pgTable, primaryKey, smallint, unique, uuid } from "drizzle-orm/pg-core";
import type { LifeEventKind, LifeEventOutcome, LifeEventState } from "../../domain/life-event.js";
import { bytea, code, instant } from "../columns.js";

/** C5: what a source told of a person; the person only where the report was matched. */
export const lifeEvent = pgTable(
  "life_event",
  {
    id: uuid("id").notNull(),
    clientId: code("client_id").notNull(),
    kind: code("kind").$type<LifeEventKind>().notNull(),
    occurredOn: date("occurred_on", { mode: "string" }).notNull(),
    outcome: code("outcome").$type<LifeEventOutcome>().notNull(),
    state: code("state").$type<LifeEventState>().notNull(),
    bucket: smallint("bucket"),
    pensionerId: uuid("pensioner_id"),
    /** Which authority it comes from; two reports count as two sources only when these differ. */
    source: code("source").notNull(),
    /** Keyed: the source's own reference. */
    sourceReferenceIndex: bytea("source_reference_index").notNull(),
    nameSealed: bytea("name_sealed").notNull(),
    documentSealed: bytea("document_sealed"),
    reasonSealed: bytea("reason_sealed"),
    decidedBy: code("decided_by"),
    reportedAt: instant("reported_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "life_event_pk", columns: [t.id] }),
    unique("life_event_source_once").on(t.source, t.sourceReferenceIndex),
    index("life_event_person_idx").on(t.bucket, t.pensionerId),
    index("life_event_outcome_idx").on(t.outcome, t.state, t.id),
  ],
);
