import { index, integer, jsonb, pgTable, primaryKey } from "drizzle-orm/pg-core";
import { code, instant } from "../columns.js";

/** One run a job and period, whoever started it and how often. */
export const jobRun = pgTable(
  "job_run",
  {
    job: code("job").notNull(),
    /** A month, a day or an instant, as the job's schedule counts. */
    period: code("period").notNull(),
    state: code("state").$type<"RUNNING" | "DONE" | "FAILED">().notNull(),
    /** Raised by whoever takes the run over; a worker with an older one can write nothing any more. */
    epoch: integer("epoch").notNull(),
    startedAt: instant("started_at").notNull(),
    /** When it last told that it goes on: a run that is silent for long may be taken over. */
    heardAt: instant("heard_at").notNull(),
    finishedAt: instant("finished_at"),
    /** Wall-clock time worked, over all attempts. */
    workedMs: integer("worked_ms").notNull().default(0),
    done: integer("done").notNull().default(0),
    /** Null while it is not known. */
    total: integer("total"),
    /** Where to go on, as the job knows it. */
    cursor: jsonb("cursor"),
    counts: jsonb("counts").$type<Readonly<Record<string, number>>>().notNull().default({}),
    /** A coded reason; never a message that could name a person. */
    failure: code("failure"),
  },
  (t) => [
    primaryKey({ name: "job_run_pk", columns: [t.job, t.period] }),
    index("job_run_recent_idx").on(t.startedAt, t.job, t.period),
  ],
);
