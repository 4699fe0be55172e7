import { randomUUID } from "node:crypto";
import { and, eq, inArray, isNull } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Job } from "../src/jobs/job.js";
import { runJob } from "../src/jobs/run-job.js";
import { closeExpiries } from "../src/operations/close-expiries.js";
import { cutPayroll } from "../src/operations/cut-payroll.js";
import { planReminders } from "../src/operations/plan-reminders.js";
import type { Database } from "../src/storage/database.js";
import { ownedOpaqueId, type PensionerKey } from "../src/storage/ids.js";
import { message, paymentHold, payrollLine, reviewCase } from "../src/storage/tables.js";
import { advanceClock, certify, readStatus } from "./testkit/certify.js";
import { crashAfter } from "./testkit/crashing-database.js";
import { submitMatch } from "./testkit/data-matches.js";
import { CertificationRecordDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { monthly } from "./testkit/jobs.js";
import { decideCase, reported, takeBack } from "./testkit/life-events.js";
import { buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { decide } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { ModelPerson, type MonthNumber, monthNumber, monthText } from "./testkit/year-model.js";

/** So many as take about a minute; `npm run test:year` takes longer. */
const SEQUENCES = Number(process.env.YEAR_SEQUENCES ?? (inject("backend").kind === "embedded" ? 3 : 2));
const LIMIT_MS = Math.max(300_000, SEQUENCES * 60_000);
/** Payroll has been given the month's list from the day after the policy's cut-off on. */
const CUT_DAY = 11;

let sandbox: SandboxServer;
let bank: GraphQLClient;
let counter: GraphQLClient;
let agency: GraphQLClient;
let consular: GraphQLClient;
let staff: GraphQLClient;
let reviewer: GraphQLClient;
let now: { month: MonthNumber; day: number };

beforeAll(async () => {
  sandbox = await startSandbox({
    clock: "2026-01-20T02:00:00Z",
    environment: { RATE_LIMIT_POINTS: "10000000", RATE_LIMIT_POINTS_PER_SECOND: "1000000" },
  });
  [bank, counter, agency, consular, staff, reviewer] = await Promise.all([
    sandbox.signIn("ICBC_APP"),
    sandbox.signIn("AGENCY_COUNTER"),
    sandbox.signIn("DATA_MATCH"),
    sandbox.signIn("CHINA_CONSULAR_APP"),
    sandbox.signIn("sandbox-staff"),
    sandbox.signIn("sandbox-reviewer"),
  ]);
  now = { month: monthNumber("2026-02"), day: 15 };
  await advanceClock(bank, dayText(now.month, now.day));
});

afterAll(() => sandbox[Symbol.asyncDispose]());

/** Ten in the morning in Beijing. */
function dayText(month: MonthNumber, day: number): string {
  return `${monthText(month)}-${String(day).padStart(2, "0")}T02:00:00Z`;
}

interface RealPerson {
  readonly person: TestPerson;
  readonly key: PensionerKey;
  readonly model: ModelPerson;
  /** When what deadline was replaced. */
  readonly passes: { readonly at: Date; readonly validThrough: string }[];
  pendingId: string | null;
  deathId: string | null;
  latestTrace: MonthNumber;
}

type People = RealPerson[];
type Model = { readonly people: People };
type Step = fc.AsyncCommand<Model, People>;

/** A step that concerns one of the persons there are. */
abstract class PersonStep implements Step {
  constructor(readonly pick: number) {}
  one(people: People): RealPerson {
    const chosen = people[this.pick % people.length];
    if (!chosen) throw new Error("nobody");
    return chosen;
  }
  check({ people }: Model): boolean {
    return people.length > 0 && this.applies(this.one(people));
  }
  async run(_: Model, people: People): Promise<void> {
    await this.act(this.one(people));
    await expectInvariants(people);
  }
  abstract applies(real: RealPerson): boolean;
  abstract act(real: RealPerson): Promise<void>;
  toString(): string {
    return `${this.constructor.name}(${JSON.stringify(Object.values(this))})`;
  }
}

class Register implements Step {
  constructor(readonly monthsBack: number) {}
  check = ({ people }: Model) => people.length < 4;
  async run(_: Model, people: People): Promise<void> {
    const anchor = now.month - this.monthsBack;
    const person = buildPerson({ lastCertifiedOn: `${monthText(anchor)}-05`, phone: "13911110001" });
    await importPeople(sandbox.app, [person]);
    const { id } = await readStatus(bank, person);
    const model = new ModelPerson(anchor + 12);
    const rest = { passes: [], pendingId: null, deathId: null, latestTrace: 0 };
    people.push({ person, key: keyOf(id), model, ...rest });
    await expectInvariants(people);
  }
  toString = () => `Register(${this.monthsBack})`;
}

type PassBy = "BANK" | "COUNTER" | "TRACE";

class Pass extends PersonStep {
  constructor(
    pick: number,
    readonly by: PassBy,
    readonly monthsBack: number,
  ) {
    super(pick);
  }
  get anchor(): MonthNumber {
    return this.by === "TRACE" ? now.month - this.monthsBack : now.month;
  }
  applies({ model, latestTrace }: RealPerson): boolean {
    return !model.isDead && (this.by !== "TRACE" || this.anchor > latestTrace);
  }
  async act(real: RealPerson): Promise<void> {
    if (this.by === "TRACE") real.latestTrace = this.anchor;
    await passBy(real, this.by, this.anchor);
    pass(real, this.anchor);
  }
}

async function passBy({ person }: RealPerson, by: PassBy, anchor: MonthNumber): Promise<void> {
  if (by === "BANK") {
    expect(await certify(bank, person)).toMatchObject({ state: "PASSED" });
  } else if (by === "TRACE") {
    const traced = await submitMatch(agency, person, dayText(anchor, 1));
    expect(traced).toMatchObject({ certification: { state: "PASSED" } });
  } else {
    const input = {
      idempotencyKey: randomUUID(),
      subject: subjectOf(person),
      method: "IN_PERSON" as const,
      operator: "窗口07",
      evidence: [{ identityDocument: { document: person.document, expiresOn: "2199-01-01" } }],
    };
    const { certificationRecord } = await counter.request(CertificationRecordDocument, { input });
    expect(certificationRecord).toMatchObject({ certification: { state: "PASSED" }, userErrors: [] });
  }
}

function pass({ model, passes }: RealPerson, anchor: MonthNumber): void {
  model.pass(anchor, now.month);
  const validThrough = `${monthText(model.validThrough)}-01`;
  passes.push({ at: new Date(sandbox.app.services.now().epochMilliseconds), validThrough });
}

class Submit extends PersonStep {
  applies = ({ pendingId, model }: RealPerson) => pendingId === null && !model.isDead;
  async act(real: RealPerson): Promise<void> {
    const pending = await certify(consular, real.person);
    expect(pending.state).toBe("PENDING");
    real.pendingId = pending.id;
    real.model.submittedIn = now.month;
  }
}

class Decide extends PersonStep {
  constructor(
    pick: number,
    readonly decision: "PASS" | "REJECT",
  ) {
    super(pick);
  }
  applies = ({ pendingId, model }: RealPerson) => pendingId !== null && !model.isDead;
  async act(real: RealPerson): Promise<void> {
    const decided = await decide(staff, real.pendingId ?? "", this.decision);
    expect(decided.userErrors).toEqual([]);
    real.pendingId = null;
    real.model.submittedIn = null;
    if (this.decision === "PASS") pass(real, now.month);
  }
}

class Die extends PersonStep {
  applies = ({ model }: RealPerson) => !model.isDead;
  async act(real: RealPerson): Promise<void> {
    const occurredOn = `${monthText(now.month)}-01`;
    const death = await reported(staff, real.person, {
      occurredOn,
      source: "CIVIL_AFFAIRS",
      sourceReference: randomUUID(),
    });
    real.deathId = death.id;
    real.model.die(now.month + 1);
  }
}

class TakeBack extends PersonStep {
  applies = ({ model }: RealPerson) => model.isDead;
  async act(real: RealPerson): Promise<void> {
    expect((await takeBack(staff, real.deathId ?? "")).userErrors).toEqual([]);
    real.model.live(now.month);
  }
}

class DeskReleases extends PersonStep {
  applies = ({ model }: RealPerson) => model.waitsForDesk && !model.isDead;
  act = deskReleases;
}

async function deskReleases({ key, model }: RealPerson): Promise<void> {
  const { db } = sandbox.app.database;
  const isOpen = and(eq(reviewCase.pensionerId, key.pensionerId), isNull(reviewCase.closedAt));
  for (const { id } of await db.select({ id: reviewCase.id }).from(reviewCase).where(isOpen)) {
    const decided = await decideCase(reviewer, ownedOpaqueId("reviewCase", { ...key, id }), "RELEASE");
    expect(decided.userErrors).toEqual([]);
  }
  model.deskReleases(now.month);
}

interface Crash {
  readonly job: "expiry-close" | "payroll-cut-off" | "reminders";
  readonly commits: number;
}

class MonthsPass implements Step {
  constructor(
    readonly months: number,
    readonly day: number,
    readonly crashes: readonly Crash[],
  ) {}
  check = () => true;
  async run(_: Model, people: People): Promise<void> {
    const first = now.month + 1;
    const last = now.month + this.months;
    // All jobs of the first month are due by then.
    const day = this.crashes.length > 0 ? Math.max(this.day, 15) : this.day;
    for (const crash of this.crashes) await dieIn(crash, first, people);
    await letPass(people, last, day);
    for (const { job } of this.crashes)
      expect(await runByHand(job, first, sandbox.app.database)).toBe("DONE_BEFORE");
    await expectInvariants(people);
  }
  toString = () => `MonthsPass(${this.months}, ${this.day}, ${JSON.stringify(this.crashes)})`;
}

async function letPass(people: People, month: MonthNumber, day: number): Promise<void> {
  await advanceClock(bank, dayText(month, day));
  for (; now.month < month; now = { month: now.month + 1, day: 1 }) {
    if (now.day < CUT_DAY) cut(people, now.month);
    for (const { model } of people) model.close(now.month + 1);
  }
  if (now.day < CUT_DAY && day >= CUT_DAY) cut(people, month);
  now = { month, day };
}

function cut(people: People, month: MonthNumber): void {
  for (const { model } of people) model.cut(month);
}

const dueDays = { "expiry-close": 1, "payroll-cut-off": 11, reminders: 5 } as const;

/** The job's turn comes, and its process dies and dies again; the clock's next move finishes it. */
async function dieIn({ job, commits }: Crash, month: MonthNumber, people: People): Promise<void> {
  // What is due before it has run, as it would have.
  if (job !== "expiry-close") await letPass(people, month, job === "reminders" ? 3 : 8);
  for (const _ of [1, 2]) {
    const result = await runByHand(job, month, crashAfter(sandbox.app.database, commits));
    expect(["FAILED", "DONE", "DONE_BEFORE"]).toContain(result);
  }
}

async function runByHand(name: Crash["job"], month: MonthNumber, database: Database): Promise<string> {
  const works: Record<Crash["job"], Job["work"]> = {
    "expiry-close": (run) =>
      closeExpiries({ database, autoApprove: true, freezeChunk: 3, applyChunk: 1 }, run),
    "payroll-cut-off": (run) => cutPayroll({ database }, run),
    reminders: (run) => planReminders({ database, chunkPeople: 1 }, run),
  };
  const schedule = monthly(dueDays[name]);
  const job: Job = { name, summary: name, schedule, work: works[name] };
  const { result } = await runJob(
    {
      database: sandbox.app.database,
      now: Temporal.Instant.from(`${monthText(month)}-${String(dueDays[name]).padStart(2, "0")}T01:00:00Z`),
      signal: new AbortController().signal,
    },
    job,
    monthText(month),
  );
  return result;
}

async function expectInvariants(people: People): Promise<void> {
  const { db } = sandbox.app.database;
  for (const { person, key, model, passes } of people) {
    const { certificationStatus, paymentStatus } = await readStatus(counter, person);
    expect(certificationStatus.validThrough.slice(0, 7)).toBe(monthText(model.validThrough));
    expect([paymentStatus.state, [...paymentStatus.reasons].sort()]).toEqual([
      model.reasonsIn(now.month).length > 0 ? "SUSPENDED" : "PAYING",
      model.reasonsIn(now.month),
    ]);
    const owned = (table: typeof paymentHold | typeof message) =>
      and(eq(table.bucket, key.bucket), eq(table.pensionerId, key.pensionerId));
    const holds = await db.select().from(paymentHold).where(owned(paymentHold));
    const isSuspended = holds.some(
      ({ reason, resumesMonth }) => reason === "NOT_CERTIFIED" && resumesMonth === null,
    );
    // Nobody is suspended who is certified, but for whom the desk must look at first.
    if (isSuspended && !model.waitsForDesk) expect(model.validThrough).toBeLessThan(now.month);
    const reminders = await db
      .select()
      .from(message)
      .where(
        and(owned(message), eq(message.kind, "REMINDER"), inArray(message.state, ["SENT", "DELIVERED"])),
      );
    for (const { at, validThrough } of passes) {
      const stale = reminders.filter(
        ({ sentAt, aboutValidThrough }) => sentAt && sentAt > at && (aboutValidThrough ?? "") < validThrough,
      );
      expect(stale).toEqual([]);
    }
  }
}

/** Everyone passes, every other reason ends; payroll is given two more lists. */
async function settle(people: People): Promise<void> {
  for (const real of people) {
    if (real.model.isDead) await new TakeBack(0).act(real);
    if (real.pendingId) await new Decide(0, "REJECT").act(real);
    await new Pass(0, "BANK", 0).act(real);
    if (real.model.waitsForDesk) await deskReleases(real);
  }
  await letPass(people, now.month + 2, 15);
  await expectInvariants(people);
  for (const { key, model } of people) {
    const lines = await sandbox.app.database.db
      .select()
      .from(payrollLine)
      .where(eq(payrollLine.pensionerId, key.pensionerId));
    const held = lines.filter(({ kind }) => kind === "HOLD").map(({ month }) => month);
    const released = lines.filter(({ kind }) => kind === "RELEASE").flatMap((line) => line.backPayMonths);
    expect(held.sort()).toEqual(model.withheld.map(monthText));
    // Each month that was withheld is paid later, and once.
    expect(released.sort()).toEqual(held);
  }
}

const pick = fc.nat({ max: 3 });
const crash = fc.record({
  job: fc.constantFrom("expiry-close" as const, "reminders" as const, "payroll-cut-off" as const),
  commits: fc.nat({ max: 6 }),
});

test(
  `P3 P4 P5 P6 P7 P8 R3 whatever happens in whatever order, payment is as the rules have it (${SEQUENCES} sequences)`,
  async () => {
    const commands: fc.Arbitrary<Step>[] = [
      fc.integer({ min: 0, max: 12 }).map((back) => new Register(back)),
      fc
        .tuple(pick, fc.constantFrom<PassBy>("BANK", "COUNTER", "TRACE"), fc.integer({ min: 0, max: 10 }))
        .map((given) => new Pass(...given)),
      pick.map((given) => new Submit(given)),
      fc
        .tuple(pick, fc.constantFrom("PASS" as const, "REJECT" as const))
        .map((given) => new Decide(...given)),
      pick.map((given) => new Die(given)),
      pick.map((given) => new TakeBack(given)),
      pick.map((given) => new DeskReleases(given)),
      ...[1, 2].map(() =>
        fc
          .tuple(
            fc.integer({ min: 1, max: 6 }),
            fc.constantFrom(3, 8, 15, 25),
            fc.array(crash, { maxLength: 1 }),
          )
          .map((given) => new MonthsPass(...given)),
      ),
    ];
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 14, size: "max" }), async (steps) => {
        const people: People = [];
        await new Register(12).run({ people }, people);
        await fc.asyncModelRun(() => ({ model: { people }, real: people }), steps);
        await settle(people);
      }),
      { numRuns: SEQUENCES, endOnFailure: true },
    );
  },
  LIMIT_MS,
);
