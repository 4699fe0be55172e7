/**
 * What closing a month costs: proposing, applying and reminding, beside bare SQL that writes the very same rows; and what
 * status reads feel of it. Build first; then: tsx bench/src/close.ts [persons]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startPostgresServer } from "../../integration-tests/testkit/postgres-server.js";
import { readConfig } from "../../src/config.js";
import { policyOn } from "../../src/domain/policy.js";
import { loadKeys } from "../../src/keys.js";
import { applySuspensions } from "../../src/operations/apply-suspensions.js";
import { closeExpiries } from "../../src/operations/close-expiries.js";
import { planReminders } from "../../src/operations/plan-reminders.js";
import { createAuditChains } from "../../src/storage/audit.js";
import { openPostgres } from "../../src/storage/database.js";
import { countExpiries } from "../../src/storage/expiry.js";
import { newPensionerKey } from "../../src/storage/ids.js";
import { finishJobRun, type JobCounts, type JobRun, takeJobRun } from "../../src/storage/job-runs.js";
import { migratePostgres } from "../../src/storage/migrate.js";
import { documentIndex } from "../../src/storage/pensioner-index.js";
import { Sealing } from "../../src/storage/sealing.js";
import { approveBatch } from "../../src/storage/suspension-batches.js";
import { peakMebibytes } from "./import-cost.js";
import { captureStatusStatement, type StatusStatement } from "./status-statement.js";

const CLOSED = Temporal.PlainYearMonth.from("2026-05");
const MONTH = CLOSED.add({ months: 1 });
const NOW = Temporal.Instant.from("2026-06-05T01:00:00Z");
const PERSONS_A_STATEMENT = 5_000;
const written = ["suspension_candidate", "payment_hold", "message", "event", "audit_entry"] as const;

const log = (line: string) => process.stdout.write(`${line}\n`);

async function sealingOf(url: string, directory: string): Promise<Sealing> {
  const config = readConfig({ DATABASE_URL: url, MODE: "sandbox", DATA_DIR: directory });
  return new Sealing((await loadKeys(config)).sealing);
}

/** Fills the register, a twelfth of it due in each month; some blind indexes to ask for. */
async function fill(client: pg.Client, sealing: Sealing, persons: number): Promise<Buffer[]> {
  const asked: Buffer[] = [];
  const dummy = Buffer.alloc(40, 1);
  for (let start = 0; start < persons; start += PERSONS_A_STATEMENT) {
    const rows = Array.from({ length: Math.min(PERSONS_A_STATEMENT, persons - start) }, (_, offset) => {
      const number = start + offset;
      const key = newPensionerKey();
      const deadline = CLOSED.add({ months: number % 12 });
      const index = documentIndex(sealing, { type: "RESIDENT_ID", number: String(number) });
      if (number % 97 === 0) asked.push(index);
      return {
        ...key,
        index,
        employer: number % 4 === 3 ? null : `EMP-${number % 5_000}`,
        anchor: deadline.subtract({ years: 1 }).toString(),
        through: deadline.toPlainDate({ day: deadline.daysInMonth }).toString(),
        district: `1101${String(1 + (number % 16)).padStart(2, "0")}`,
      };
    });
    const column = <T>(of: (row: (typeof rows)[number]) => T) => rows.map(of);
    const keys = [column((row) => row.bucket), column((row) => row.pensionerId)];
    await client.query(
      `insert into pensioner (bucket, id, name_sealed, name_index, phone_sealed, phone_index, phone_source, employer_code,
         anchor_month, valid_through, version, created_at, updated_at)
       select b, i, $3, x, $3, x, 'REGISTER', e, a, t, 1, now(), now() from unnest($1::smallint[], $2::uuid[], $4::bytea[],
         $5::text[], $6::text[], $7::date[]) as g(b, i, x, e, a, t)`,
      [
        ...keys,
        dummy,
        column((row) => row.index),
        column((row) => row.employer),
        column((row) => row.anchor),
        column((row) => row.through),
      ],
    );
    await client.query(
      `insert into identity_document (blind_index, bucket, pensioner_id, type, number_sealed)
       select x, b, i, 'RESIDENT_ID', $4 from unnest($1::smallint[], $2::uuid[], $3::bytea[]) as g(b, i, x)`,
      [...keys, column((row) => row.index), dummy],
    );
    await client.query(
      `insert into benefit (bucket, pensioner_id, type, approved_month, agency_code, district_code)
       select b, i, 'ENTERPRISE_RETIREMENT', '2010-01', 'AG-1', d
       from unnest($1::smallint[], $2::uuid[], $3::text[]) as g(b, i, d)`,
      [...keys, column((row) => row.district)],
    );
    if (start % 100_000 === 0) log(`filled ${start} of ${persons}`);
  }
  return asked;
}

/** In a process of its own: the month's jobs, one after the other. */
async function work(url: string): Promise<void> {
  await using database = openPostgres({ url, poolSize: 4 });
  const job = async (name: string, doing: (run: JobRun) => Promise<JobCounts>) => {
    const startedMs = performance.now();
    const signal = new AbortController().signal;
    const run = await takeJobRun(database, {
      job: name,
      period: MONTH.toString(),
      now: NOW,
      signal,
      silentMs: 60_000,
    });
    if (!run) throw new Error(`${name} is done already`);
    const counts = await doing(run);
    const workedMs = performance.now() - startedMs;
    await finishJobRun(database, run, { state: "DONE", counts, workedMs });
    log(`${name.padEnd(22)}${(workedMs / 1_000).toFixed(1)} s ${JSON.stringify(counts)}`);
  };
  await job("expiry-close", (run) => closeExpiries({ database, autoApprove: false }, run));
  await database.transact((tx) => approveBatch(tx, MONTH, { approvedBy: "bench", approvedAt: new Date() }));
  await job("suspension-apply", (run) => applySuspensions({ database }, run));
  await job("reminders", (run) => planReminders({ database }, run));
}

/** Reads one status after the other until told to stop; the 99th percentile in milliseconds. */
async function readStatuses(
  client: pg.Client,
  { text, takes }: StatusStatement,
  asked: readonly Buffer[],
  goesOn: () => boolean,
): Promise<number> {
  const taken: number[] = [];
  for (let turn = 0; goesOn(); turn += 1) {
    const index = asked[(turn * 7_919) % asked.length];
    const startedMs = performance.now();
    await client.query({ name: "status", text, values: [takes === "list" ? [index] : index] });
    taken.push(performance.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  taken.sort((a, b) => a - b);
  return taken[Math.floor(taken.length * 0.99)] ?? Number.NaN;
}

/** Seconds that the same rows take into tables of the same shape, one statement a table. */
async function writeBare(client: pg.Client): Promise<number> {
  for (const table of written) {
    await client.query(`create table saved_${table} as table ${table}`);
    await client.query(`create table bare_${table} (like ${table} including all)`);
  }
  await client.query("create table bare_pensioner (like pensioner including all)");
  await client.query("insert into bare_pensioner table pensioner");
  await client.query("vacuum analyze bare_pensioner");
  await client.query("checkpoint");
  const startedMs = performance.now();
  for (const table of written) await client.query(`insert into bare_${table} select * from saved_${table}`);
  await client.query(
    `update bare_pensioner p set version = version + 1, updated_at = now() from saved_suspension_candidate c
     where c.state = 'SUSPENDED' and p.bucket = c.bucket and p.id = c.pensioner_id`,
  );
  return (performance.now() - startedMs) / 1_000;
}

async function measureCalendar(url: string): Promise<number> {
  await using database = openPostgres({ url, poolSize: 1 });
  const anyone = { state: null, districtCode: null, agencyCode: null, employerCode: null, benefitType: null };
  const today = Temporal.PlainDate.from("2026-06-05");
  const count = () =>
    countExpiries(
      database.db,
      { from: "2026-05", through: "2027-04", ...anyone },
      { today, policy: policyOn(today) },
    );
  await count();
  const startedMs = performance.now();
  await count();
  return performance.now() - startedMs;
}

async function measure(persons: number, directory: string): Promise<void> {
  await using server = await startPostgresServer({ durable: true });
  const url = server.adminUrl;
  {
    await using database = openPostgres({ url, poolSize: 1 });
    await migratePostgres(database.pool);
    await database.transact(createAuditChains);
  }
  const sealing = await sealingOf(url, directory);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const asked = await fill(client, sealing, persons);
    await client.query("vacuum analyze");
    await client.query("checkpoint");
    const statement = await captureStatusStatement(sealing, 1);
    const quietUntilMs = performance.now() + 5_000;
    const before = await readStatuses(client, statement, asked, () => performance.now() < quietUntilMs);
    const startedMs = performance.now();
    const script = fileURLToPath(import.meta.url);
    const child = spawn(process.execPath, [...process.execArgv, script, "--work", url], {
      stdio: "inherit",
    });
    let peak = 0;
    const watch = setInterval(async () => {
      peak = Math.max(peak, await peakMebibytes(child.pid ?? 0));
    }, 100);
    let working = true;
    const ended = once(child, "exit").then(([code]) => {
      working = false;
      return code as number | null;
    });
    const during = await readStatuses(client, statement, asked, () => working);
    const code = await ended;
    clearInterval(watch);
    if (code !== 0) throw new Error(`the close ended with ${code}`);
    const seconds = (performance.now() - startedMs) / 1_000;
    // Without the start of the process.
    const { rows } = await client.query<{ worked: number }>(
      "select sum(worked_ms)::float8 / 1000 as worked from job_run",
    );
    const worked = rows[0]?.worked ?? Number.NaN;
    log(
      `close in all          ${worked.toFixed(1)} s, ${seconds.toFixed(1)} s with its start; peak RSS ${peak} MiB`,
    );
    log(`status p99            ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms during`);
    log(`expiry calendar       ${(await measureCalendar(url)).toFixed(0)} ms, warm`);
    // Under the same load of reads.
    const bareClient = new pg.Client({ connectionString: url });
    await bareClient.connect();
    let writing = true;
    const writes = writeBare(bareClient).finally(() => {
      writing = false;
      return bareClient.end();
    });
    const besideBare = await readStatuses(client, statement, asked, () => writing);
    const bare = await writes;
    log(`status p99            ${besideBare.toFixed(1)} ms beside bare SQL`);
    log(`bare SQL              ${bare.toFixed(1)} s; ratio ${(worked / bare).toFixed(2)}`);
  } finally {
    await client.end();
  }
}

const [first = "3500000", url = ""] = process.argv.slice(2);
if (first === "--work") await work(url);
else {
  const directory = await mkdtemp(join(tmpdir(), "changqing-bench-"));
  try {
    await measure(Number(first), directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
