import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../src/app.js";
import { readConfig } from "../../src/config.js";
import { createLogger } from "../../src/logging.js";
import { verifyAudit } from "../../src/storage/audit-verification.js";
import { type Database, openPostgres } from "../../src/storage/database.js";
import { openStorage } from "../../src/storage/open.js";
import { writeSetting } from "../../src/storage/settings.js";
import { suspensionBatch } from "../../src/storage/tables.js";
import { bundleJobCommands } from "../testkit/built-service.js";
import { differences, readCloseOutcome } from "../testkit/close-outcome.js";
import { createPostgresDatabase, postgresAdminUrl } from "../testkit/database.js";
import { newImportEnvironment } from "../testkit/import-environment.js";
import { runKilled, runUndisturbed, type Stage, type WorkPlace } from "../testkit/killed-worker.js";
import { buildPeople, importPeople } from "../testkit/people.js";
import { approveUnapplied, close } from "../testkit/suspension.js";

/** In each of three deadline months; ten chunks of the jobs. */
const PEOPLE = 5_000;
/** One in so many can be written to; the messages of the others have no phone, so that sending takes no time. */
const WITH_PHONE = 20;

/** A batch of May that is approved, the close of May itself, and June's reminders, in the order in which they are due. */
const apply: Stage = {
  job: "suspension-apply",
  period: "2026-05-31T23:30",
  clock: "2026-05-31T15:40:00Z",
  command: ["run-job", "suspension-apply", "--period", "2026-05-31T23:30", "--quiet"],
};
const monthClose: Stage = {
  job: "expiry-close",
  period: "2026-06",
  clock: "2026-05-31T16:00:30Z",
  command: ["run-job", "expiry-close", "--month", "2026-06", "--quiet"],
};
const reminders: Stage = {
  job: "reminders",
  period: "2026-06",
  clock: "2026-06-05T01:00:30Z",
  command: ["worker"],
};
const stages = [apply, monthClose, reminders];
/** Twenty; few of the worker, which takes longest to start. */
const KILLS = { apply: 8, monthClose: 9, reminders: 3 };
/** Of the kills of the close: the first ones while its candidates are written down, the others while it suspends them. */
const KILLS_BEFORE_BATCH = 3;

const stack = new AsyncDisposableStack();
let undisturbed: WorkPlace;
let disturbed: WorkPlace;

beforeAll(async () => {
  const environment = stack.use(await newImportEnvironment());
  const built = await mkdtemp(join(tmpdir(), "changqing-killed-"));
  stack.defer(() => rm(built, { recursive: true, force: true }));
  const commands = await bundleJobCommands(built);
  const env = { ...environment.env, LOG_LEVEL: "warn" };
  await prepare({ ...env, SANDBOX_CLOCK: "2026-04-20T02:00:00Z" });
  // A copy, so that the same persons have the same ids in both.
  const original = environment.env["DATABASE_URL"] ?? "";
  const copy = stack.use(
    await createPostgresDatabase(postgresAdminUrl(), new URL(original).pathname.slice(1)),
  );
  const placeOf = (url: string): WorkPlace => ({
    commands,
    env: { ...env, DATABASE_URL: url },
    database: stack.use(openPostgres({ url, poolSize: 2 })),
  });
  undisturbed = placeOf(original);
  disturbed = placeOf(copy.url);
});

afterAll(() => stack[Symbol.asyncDispose]());

/** Who is in whose batch, with a batch of May approved and not yet applied. */
async function prepare(env: Readonly<Record<string, string>>): Promise<void> {
  const config = readConfig(env);
  const database = await openStorage(config);
  await using app = await createApp(config, { database, jobs: [], logger: createLogger("silent") });
  for (const lastCertifiedOn of ["2025-04-08", "2025-05-08", "2025-06-08"]) {
    const reachable = PEOPLE / WITH_PHONE;
    await importPeople(app, [
      ...buildPeople(PEOPLE - reachable, { lastCertifiedOn }),
      ...buildPeople(reachable, { lastCertifiedOn, phone: "13911110001", employerCode: "EMP-1" }),
    ]);
  }
  const endOfMay = Temporal.Instant.from("2026-05-31T15:30:00Z");
  await close({ ...app, services: { ...app.services, now: () => endOfMay } }, "2026-05");
  await approveUnapplied(app, "2026-05");
  // The service's first start: what lies before it is not due.
  await database.transact((tx) => writeSetting(tx, "jobs_since", endOfMay.toString()));
}

async function isProposed({ db }: Database, month: string): Promise<boolean> {
  const rows = await db.select().from(suspensionBatch).where(eq(suspensionBatch.month, month));
  return rows.length > 0;
}

test("P3 R7 a worker that is killed twenty times during a close leaves what an undisturbed one leaves", async () => {
  const workedMs = {
    apply: await runUndisturbed(undisturbed, apply),
    monthClose: await runUndisturbed(undisturbed, monthClose),
    reminders: await runUndisturbed(undisturbed, reminders),
  };
  const settled = async (kill: number) =>
    kill < KILLS_BEFORE_BATCH || (await isProposed(disturbed.database, "2026-06"));
  const killed = {
    apply: await runKilled(disturbed, apply, { times: KILLS.apply, workedMs: workedMs.apply }),
    monthClose: await runKilled(disturbed, monthClose, {
      times: KILLS.monthClose,
      workedMs: workedMs.monthClose,
      settled,
    }),
    reminders: await runKilled(disturbed, reminders, {
      times: KILLS.reminders,
      workedMs: workedMs.reminders,
    }),
  };

  // Each kill hit a process that held the run, and the next one took it over.
  const epochs = (times: number) => Array.from({ length: times }, (_, index) => index + 1);
  for (const name of ["apply", "monthClose", "reminders"] as const)
    expect(killed[name].map(({ epoch }) => epoch)).toEqual(epochs(KILLS[name]));
  // What was suspended stays counted: some were killed before anyone was, some in the midst of it.
  const { monthClose: closing } = killed;
  expect(closing[0], "killed while candidates are written down").toMatchObject({ total: null });
  expect(closing.at(-1)?.total, "killed while they are suspended").toBeGreaterThanOrEqual(PEOPLE);
  expect(killed.apply.at(-1)?.done).toBeGreaterThan(0);

  const [left = [], wanted = []] = await Promise.all(
    [disturbed, undisturbed].map(({ database }) => readCloseOutcome(database, stages)),
  );
  expect(differences(wanted, left)).toEqual([]);
  // Three months of people, a batch each of the first two.
  expect(wanted.filter((line) => /^hold /.test(line)).length).toBeGreaterThanOrEqual(2 * PEOPLE);
  expect(wanted.filter((line) => /^message .* REMINDER /.test(line)).length).toBeGreaterThanOrEqual(PEOPLE);
  for await (const { broken } of verifyAudit(disturbed.database.db)) expect(broken).toBeNull();
}, 600_000);
