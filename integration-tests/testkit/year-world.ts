import { expect } from "vitest";
import { dueOfPeriod } from "../../src/jobs/due-runs.js";
import type { Job } from "../../src/jobs/job.js";
import { runJob } from "../../src/jobs/run-job.js";
import { closeExpiries } from "../../src/operations/close-expiries.js";
import { cutPayroll } from "../../src/operations/cut-payroll.js";
import { planReminders } from "../../src/operations/plan-reminders.js";
import type { Database } from "../../src/storage/database.js";
import { payrollList, suspensionBatch } from "../../src/storage/tables.js";
import { advanceClock, readStatus } from "./certify.js";
import { crashAfter } from "./crashing-database.js";
import type { GraphQLClient } from "./graphql-client.js";
import { monthly } from "./jobs.js";
import { buildBenefit, buildPerson, importPeople } from "./people.js";
import { keyOf } from "./records.js";
import { type SandboxServer, startSandbox } from "./sandbox-server.js";
import { spare } from "./suspension.js";
import { checkPayroll, checkRecords, checkReminders, checkStatus } from "./year-checks.js";
import {
  dayText,
  ModelPerson,
  type MonthNumber,
  monthNumber,
  monthText,
  type Present,
} from "./year-model.js";
import { type Life, type Step, take } from "./year-steps.js";
import type { Birth, Crash, Moratorium } from "./year-stories.js";

const clientNames = [
  "ICBC_APP",
  "APP_12333",
  "JINGTONG_WECHAT",
  "AGENCY_COUNTER",
  "PARTNER_BANK_COUNTER",
  "CHINA_CONSULAR_APP",
  "EMPLOYER",
  "DATA_MATCH",
  "sandbox-staff",
  "sandbox-reviewer",
] as const;
type ClientName = (typeof clientNames)[number];

export const firstMonth = monthNumber("2026-02");
const PLAN_DAY = 5;
const CUT_DAY = 11;

/** When each of the jobs that are killed here has its turn. */
const turns = {
  "expiry-close": monthly(1, "00:00"),
  reminders: monthly(PLAN_DAY, "09:00"),
  "payroll-cut-off": monthly(CUT_DAY, "00:00"),
} as const;
export type CrashingJob = keyof typeof turns;

/** A sandbox and all lives in it, side by side: months pass once for everybody. */
export class World implements AsyncDisposable {
  readonly lives: Life[] = [];
  readonly #moratoria: (Moratorium & { readonly from: MonthNumber })[] = [];
  #cutThrough: MonthNumber = firstMonth - 1;
  /** Whom a close that died had written down already; null when it wrote nobody down. */
  #proposed: ReadonlySet<Life> | null = null;
  /** What reminders that were planned early are about. */
  #planned: ReadonlyMap<Life, MonthNumber> | null = null;
  #crashed: Crash[] = [];
  now = { month: firstMonth, day: 1 };

  private constructor(
    readonly sandbox: SandboxServer,
    readonly clients: ReadonlyMap<ClientName, GraphQLClient>,
  ) {}

  static async open(): Promise<World> {
    const sandbox = await startSandbox({
      clock: dayText(firstMonth, 1),
      environment: { RATE_LIMIT_POINTS: "10000000", RATE_LIMIT_POINTS_PER_SECOND: "1000000" },
    });
    const signedIn = clientNames.map(async (name) => [name, await sandbox.signIn(name)] as const);
    return new World(sandbox, new Map(await Promise.all(signedIn)));
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.sandbox[Symbol.asyncDispose]();
  }

  client(name: ClientName): GraphQLClient {
    const client = this.clients.get(name);
    if (!client) throw new Error(`${name} is not signed in`);
    return client;
  }

  get present(): Present {
    return { month: this.now.month, uncut: this.#cutThrough + 1 };
  }

  get database(): Database {
    return this.sandbox.app.database;
  }

  /** The register names new people; who is overdue in it has been suspended before. */
  async register(births: readonly Birth[]): Promise<Life[]> {
    const { month } = this.now;
    const people = births.map(({ monthsBack, districtCode, benefitTypes, isEmployed }) =>
      buildPerson({
        lastCertifiedOn: `${monthText(month - monthsBack)}-01`,
        phone: "13911110001",
        employerCode: isEmployed ? "E1" : null,
        benefits: benefitTypes.map((type) => buildBenefit({ type, districtCode })),
      }),
    );
    await importPeople(this.sandbox.app, people);
    const added: Life[] = [];
    for (const [position, person] of people.entries()) {
      const { id } = await readStatus(this.client("AGENCY_COUNTER"), person);
      const model = new ModelPerson(month - (births[position]?.monthsBack ?? 0), this.present);
      const nothing = { passIds: new Map(), pendingIds: new Map(), traces: new Set<never>() };
      added.push({ person, key: keyOf(id), model, ...nothing, deathId: null, imprisonmentId: null });
    }
    this.lives.push(...added);
    return added;
  }

  async postpone(moratorium: Moratorium): Promise<void> {
    const from = this.now.month + 1;
    const { districtCode, benefitType, months } = moratorium;
    const created = await spare(this.client("sandbox-staff"), {
      districtCode,
      benefitType,
      fromMonth: monthText(from),
      throughMonth: monthText(from + months - 1),
    });
    expect(created.userErrors).toEqual([]);
    this.#moratoria.push({ ...moratorium, from });
  }

  /** What happens to people at one moment, one after the other; then everyone is compared with the model. */
  async happen(steps: readonly { readonly life: Life; readonly step: Step }[]): Promise<void> {
    const touched = new Set<Life>();
    for (const { life, step } of steps) if (await take(this, life, step)) touched.add(life);
    for (const life of touched) await checkStatus(this, life);
    await checkRecords(this);
  }

  /** Time passes up to a day of this month or the next; on the way the jobs have their turns. */
  async pass(month: MonthNumber, day: number): Promise<void> {
    const before = this.now;
    this.now = { month, day };
    await this.#moveClock();
    if (month > before.month) this.#close(month);
    if (day >= PLAN_DAY && (month > before.month || before.day < PLAN_DAY)) {
      await checkReminders(this, this.#planned);
      this.#planned = null;
    }
    if (day >= CUT_DAY && this.#cutThrough < month) this.#cut(month);
    if (day >= CUT_DAY) await checkPayroll(this);
    await checkRecords(this);
    for (const { job } of this.#crashed.splice(0)) await this.#runAgain(job);
  }

  /** A job's turn comes, and its process dies; the clock's next move finishes it. */
  async crash({ job, commits }: Crash): Promise<void> {
    const month = this.#turnOf(job);
    const result = await this.#run(job, month, crashAfter(this.database, commits));
    expect(["FAILED", "DONE", "DONE_BEFORE"]).toContain(result);
    this.#crashed.push({ job, commits });
    if (job === "reminders") {
      const reminded = this.lives.filter(({ model }) => model.isRemindedIn(month));
      this.#planned = new Map(reminded.map((life) => [life, life.model.validThrough]));
    }
    if (job === "payroll-cut-off") {
      const lists = await this.database.db.select().from(payrollList);
      const isCut = lists.some((list) => list.month === monthText(month));
      if (isCut && this.#cutThrough < month) this.#cut(month);
    }
    if (job === "expiry-close") {
      const batches = await this.database.db.select().from(suspensionBatch);
      const isProposed = batches.some((batch) => batch.month === monthText(month));
      if (isProposed) this.#proposed ??= new Set(this.lives.filter(({ model }) => model.isProposed(month)));
    }
  }

  #turnOf(job: CrashingJob): MonthNumber {
    return job === "expiry-close" ? this.now.month + 1 : this.now.month;
  }

  /** The clock has passed the job's turn: there is nothing left of it to do. */
  async #runAgain(job: CrashingJob): Promise<void> {
    expect(await this.#run(job, this.now.month, this.database)).toBe("DONE_BEFORE");
  }

  async #run(name: CrashingJob, month: MonthNumber, database: Database): Promise<string> {
    const works: Record<CrashingJob, Job["work"]> = {
      "expiry-close": (run) => closeExpiries({ database, autoApprove: true, applyChunk: 1 }, run),
      "payroll-cut-off": (run) => cutPayroll({ database, chunkRows: 0 }, run),
      reminders: (run) => planReminders({ database, chunkPeople: 1 }, run),
    };
    const schedule = turns[name];
    const job: Job = { name, summary: name, schedule, work: works[name] };
    const due = dueOfPeriod(schedule, monthText(month));
    if (!due) throw new Error(`${name} has no turn in ${monthText(month)}`);
    const { dueAt: now, period } = due;
    const running = { database: this.database, now, signal: new AbortController().signal };
    return (await runJob(running, job, period)).result;
  }

  #close(month: MonthNumber): void {
    for (const life of this.lives) {
      if (this.#proposed && !this.#proposed.has(life)) continue;
      life.model.close(month, this.#isSpared(life, month));
    }
    this.#proposed = null;
  }

  #cut(month: MonthNumber): void {
    for (const { model } of this.lives) model.cut(month);
    this.#cutThrough = month;
  }

  #isSpared({ person: { benefits } }: Life, month: MonthNumber): boolean {
    return this.#moratoria.some(
      ({ from, months, districtCode, benefitType }) =>
        from <= month &&
        month < from + months &&
        benefits.some(
          (benefit) =>
            (districtCode === null || districtCode === benefit.districtCode) &&
            (benefitType === null || benefitType === benefit.type),
        ),
    );
  }

  async #moveClock(): Promise<void> {
    await advanceClock(this.client("ICBC_APP"), dayText(this.now.month, this.now.day));
  }
}
