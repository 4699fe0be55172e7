import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { App } from "../../src/app.js";
import { type ChannelActor, scopesOfChannel } from "../../src/domain/actor.js";
import { addMonths, monthsBetween } from "../../src/domain/calendar.js";
import type { ChannelCode } from "../../src/domain/channels.js";
import type { SuspensionWork } from "../../src/operations/apply-suspensions.js";
import type { OperationContext } from "../../src/operations/operation.js";
import { recordCertification } from "../../src/operations/record-certification.js";
import { submitDataMatches } from "../../src/operations/submit-data-matches.js";
import { sandboxClientId } from "../../src/sandbox/sandbox-clients.js";
import type { Database } from "../../src/storage/database.js";
import type { PensionerKey } from "../../src/storage/ids.js";
import { documentIndexes } from "../../src/storage/pensioner-index.js";
import { identityDocument } from "../../src/storage/tables.js";
import { buildPeople, importPeople, subjectOf, type TestPerson } from "./people.js";
import { apply } from "./suspension.js";

/** Someone who certifies while a batch that names them is applied. */
export interface Racer extends PensionerKey {
  readonly person: TestPerson;
}

/** Imports so many people; in the order in which persons are locked, which is the order of a batch. */
export async function importRacers(
  app: App,
  count: number,
  overrides: Partial<TestPerson>,
): Promise<readonly Racer[]> {
  const people = buildPeople(count, overrides);
  await importPeople(app, people);
  const { db } = app.database;
  // What a table holds is known to the planner a while after it was filled: a service's tables are never that new.
  await db.execute(sql`analyze`);
  const stored = new Map(
    (await db.select().from(identityDocument)).map((row) => [row.blindIndex.toString("hex"), row]),
  );
  const racers = people.map((person): Racer => {
    const [index] = documentIndexes(app.sealing, person.document);
    const row = index && stored.get(index.toString("hex"));
    if (!row) throw new Error("someone was not imported");
    return { person, bucket: row.bucket, pensionerId: row.pensionerId };
  });
  return racers.sort((a, b) => a.bucket - b.bucket || (a.pensionerId < b.pensionerId ? -1 : 1));
}

/** One way of certifying: some persons, by one write. */
export interface Way {
  readonly persons: number;
  certify(racers: readonly Racer[]): Promise<void>;
}

/** E3: a counter's record of one person, of now or of a time before. */
export function atCounter(app: App, occurredAt?: Temporal.Instant): Way {
  const context = contextOf(app, "AGENCY_COUNTER");
  return {
    persons: 1,
    certify: async ([racer]) => {
      if (!racer) return;
      await recordCertification(context, {
        idempotencyKey: randomUUID(),
        subject: subjectOf(racer.person),
        method: "IN_PERSON",
        operator: "窗口07",
        evidence: [{ identityDocument: { document: racer.person.document } }],
        recertifyWhenValid: false,
        ...(occurredAt ? { occurredAt } : {}),
      });
    },
  };
}

/** E7: a batch of traces, all in one transaction. */
export function byDataMatch(app: App, persons: number, eventAt: Temporal.Instant): Way {
  const context = contextOf(app, "DATA_MATCH");
  return {
    persons,
    certify: async (racers) => {
      const results = await submitDataMatches(context, {
        idempotencyKey: randomUUID(),
        items: racers.map(({ person }) => ({
          subject: subjectOf(person),
          evidence: { source: "INPATIENT_STAY", eventAt, sourceReference: randomUUID() },
        })),
      });
      const refused = results.filter((result) => !("key" in result));
      if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
    },
  };
}

function contextOf(app: App, channel: ChannelCode): OperationContext<ChannelActor> {
  const { database, sealing, services } = app;
  const actor: ChannelActor = {
    kind: "CHANNEL",
    clientId: sandboxClientId(channel),
    name: channel,
    scopes: new Set(scopesOfChannel(channel)),
    channel,
    employerCode: null,
    districtCode: null,
  };
  const { verifyFaceAssertion } = services;
  return { database, sealing, verifyFaceAssertion, actor, now: services.now(), requestId: randomUUID() };
}

interface Interval {
  readonly beganMs: number;
  readonly endedMs: number;
}

export interface Race {
  /** Taken in turn. */
  readonly ways: readonly Way[];
  /** Persons in a transaction of the batch. */
  readonly chunk: number;
  /** How far on either side of the batch's front people certify, in chunks. */
  readonly spread: number;
  readonly decide?: SuspensionWork["decide"];
}

export interface RaceResult {
  /** What became of each of them. */
  readonly fates: readonly Fate[];
  /** How many certified while their own chunk was under way. */
  readonly atOnce: number;
}

/** Writes at once; the database has two connections more. */
const CERTIFIERS = 6;

/**
 * Everyone certifies while the batch is applied, around the place that the batch has come to: some just before their turn,
 * some in it, some just after. The batch's next chunk waits until the certifications have come as far, so that neither runs
 * away from the other however fast they are.
 */
export async function race(
  app: App,
  racers: readonly Racer[],
  month: string,
  given: Race,
): Promise<RaceResult> {
  const { ways, chunk, spread, decide } = given;
  const certified = new Map<number, Interval>();
  const chunks: Interval[] = [];
  let isOver = false;
  const paced: Database = {
    ...app.database,
    transact: async (work) => {
      const due = Math.min(racers.length, chunks.length * chunk);
      while (certified.size < due && !isOver) await sleep(5);
      const beganMs = performance.now();
      const result = await app.database.transact(work);
      chunks.push({ beganMs, endedMs: performance.now() });
      return result;
    },
  };
  const turns = turnsOf(racers, chunk * spread, ways);
  const certifying = Array.from({ length: CERTIFIERS }, async () => {
    for (let turn = turns.shift(); turn; turn = turns.shift()) {
      const beganMs = performance.now();
      await turn.way.certify(turn.positions.map((position) => racers[position] as Racer));
      for (const position of turn.positions) certified.set(position, { beganMs, endedMs: performance.now() });
    }
  });
  const over = Promise.all(certifying).finally(() => {
    isOver = true;
  });
  await Promise.all([
    over,
    apply({ ...app, database: paced }, { applyChunk: chunk, ...(decide ? { decide } : {}) }),
  ]);
  const overlap = (a: Interval, b: Interval | undefined) =>
    b !== undefined && a.beganMs < b.endedMs && b.beganMs < a.endedMs;
  const atOnce = [...certified].filter(([position, interval]) =>
    overlap(interval, chunks[Math.floor(position / chunk)]),
  ).length;
  return { fates: await readFates(app, racers, month), atOnce };
}

interface Turn {
  readonly way: Way;
  readonly positions: readonly number[];
}

/** In the batch's order, each moved by up to half of `spread` either way; the same every time. */
function turnsOf(racers: readonly Racer[], spread: number, ways: readonly Way[]): Turn[] {
  const order = racers
    .map((_, position) => ({ position, at: position + ((position * 7_919) % spread) - spread / 2 }))
    .sort((a, b) => a.at - b.at)
    .map(({ position }) => position);
  const turns: Turn[] = [];
  for (let taken = 0; taken < order.length; ) {
    const way = ways[turns.length % ways.length] as Way;
    turns.push({ way, positions: order.slice(taken, taken + way.persons) });
    taken += way.persons;
  }
  return turns;
}

/** What became of one person, as the database has it in the end. */
export interface Fate {
  readonly state: string;
  /** In the order in which they happened: an event's number is given under the person's lock. */
  readonly events: readonly string[];
  readonly notices: readonly string[];
  readonly openHolds: number;
  readonly withheld: readonly string[];
  readonly released: readonly string[];
}

interface FateRow {
  readonly id: string;
  readonly state: string;
  readonly events: readonly string[];
  readonly notices: readonly string[];
  readonly holds: readonly { readonly from: string; readonly resumes: string | null }[];
  readonly released: readonly string[];
}

/** What a month's batch and their certifications have made of them. */
async function readFates(
  { database }: App,
  racers: readonly Racer[],
  month: string,
): Promise<readonly Fate[]> {
  const { rows } = (await database.db.execute(sql`
    with e as (select pensioner_id, jsonb_agg(type order by sequence) as list from event group by 1),
    m as (select pensioner_id, jsonb_agg(kind order by kind) as list from message group by 1),
    h as (select pensioner_id, jsonb_agg(jsonb_build_object('from', from_month, 'resumes', resumes_month)
      order by from_month) as list from payment_hold group by 1),
    b as (select pensioner_id, jsonb_agg(month order by month) as list from back_pay_month group by 1)
    select c.pensioner_id as id, c.state, coalesce(e.list, '[]') as events, coalesce(m.list, '[]') as notices,
      coalesce(h.list, '[]') as holds, coalesce(b.list, '[]') as released
    from suspension_candidate c left join e using (pensioner_id) left join m using (pensioner_id)
    left join h using (pensioner_id) left join b using (pensioner_id)
    where c.month = ${month}`)) as unknown as { readonly rows: readonly FateRow[] };
  const isRacer = new Set(racers.map(({ pensionerId }) => pensionerId));
  // A sandbox has people of its own.
  const ofRacers = rows.filter(({ id }) => isRacer.has(id));
  return ofRacers.map(({ id: _, holds, ...rest }) => ({
    ...rest,
    openHolds: holds.filter(({ resumes }) => resumes === null).length,
    withheld: holds.flatMap(({ from, resumes }) => (resumes === null ? [] : monthsWithheld(from, resumes))),
  }));
}

function monthsWithheld(from: string, resumes: string): string[] {
  const month = (text: string) => Temporal.PlainYearMonth.from(text);
  return monthsBetween(month(from), addMonths(month(resumes), -1)).map(String);
}

/** P3: suspended although the pass was committed before. */
export function isSuspendedAfterPass({ events }: Fate): boolean {
  const passed = events.indexOf("certification.passed");
  return passed >= 0 && events.lastIndexOf("payment.suspended") > passed;
}
