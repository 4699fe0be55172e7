import { existsSync } from "node:fs";
import { type Config, ConfigError, readConfig } from "../../config.js";
import { reachGateway } from "../../delivery/reach-gateway.js";
import { openJobServices } from "../../job-services.js";
import { findJobsSince } from "../../jobs/run-due.js";
import { SILENT_MS } from "../../jobs/run-job.js";
import { jobsOf } from "../../jobs/schedule.js";
import { standingOf } from "../../jobs/undone-runs.js";
import { type Keys, keyFilePath, readFaceVerifiers, readKeys } from "../../keys.js";
import { createLogger } from "../../logging.js";
import { readLastAnchor } from "../../storage/audit-anchors.js";
import type { Database } from "../../storage/database.js";
import { EmbeddedDatabaseHeld } from "../../storage/embedded-lock.js";
import { sqlStateOf } from "../../storage/faults.js";
import { readRunStates } from "../../storage/job-run-list.js";
import { examineKeys } from "../../storage/key-versions.js";
import { readMigrationState } from "../../storage/migrate.js";
import { openUnchanged } from "../../storage/open.js";
import { readJobSilenceMs, readOverdueWork } from "../../storage/overdue-work.js";
import { readRoleRights } from "../../storage/role-rights.js";
import { Sealing } from "../../storage/sealing.js";
import { measureClockDifference, readServerFacts } from "../../storage/server-facts.js";
import { readSetting } from "../../storage/settings.js";
import { REGISTER_IMPORTED_AT } from "../../storage/suspension-batches.js";
import { readServiceTime } from "../administration.js";
import { readAnchorLines } from "../audit-anchor-check.js";
import { describeCommandFailure } from "../command-failure.js";
import type { Environment } from "../command-output.js";
import { type CheckName, checkNames, type Finding, fail, ok, warn } from "./finding.js";
import { judgeClock, judgeDurability, judgeMigrations, judgeRights, judgeServer } from "./judge-database.js";
import { judgeKeys, judgeRotation } from "./judge-keys.js";
import { judgeFaceVerifiers, judgeGateway, judgeRuntime } from "./judge-start.js";
import {
  judgeAnchors,
  judgeDeliveries,
  judgeEvents,
  judgeImport,
  judgeJob,
  judgeJobAlarms,
  judgeMessages,
  judgeProcesses,
  type Present,
} from "./judge-work.js";

export interface Diagnosis {
  /** In the order of `checkNames`; one a job for the jobs. */
  readonly findings: readonly Finding[];
  /** What could not be looked at, because of what failed before it. */
  readonly notLookedAt: readonly CheckName[];
}

/** What only a test replaces. */
export interface DoctorMeans {
  /** This machine's clock, in milliseconds. */
  readonly wall: () => number;
  /** How long a gateway may take to answer. */
  readonly gatewayMs: number;
}

/** Looks at everything an operator would look at, and changes nothing: no row, no file, no message. */
export async function examine(env: Environment, means: DoctorMeans): Promise<Diagnosis> {
  const findings: Finding[] = [judgeRuntime(process.version)];
  const config = readChecked(env, findings);
  if (config) {
    const keyFile = await readKeyFile(config, findings);
    findings.push(await lookAtFaceVerifiers(config));
    // Together: a gateway that does not answer takes its time.
    const gateway = lookAtGateway(config, means);
    await lookAtDatabase(config, keyFile, means, findings);
    findings.push(await gateway);
  }
  const place = (finding: Finding) => checkNames.indexOf(finding.check);
  const looked = new Set(findings.map(({ check }) => check));
  return {
    findings: findings.sort((a, b) => place(a) - place(b)),
    notLookedAt: checkNames.filter((name) => !looked.has(name)),
  };
}

function readChecked(env: Environment, findings: Finding[]): Config | null {
  try {
    const config = readConfig(env);
    const database =
      config.databaseUrl === undefined ? `the embedded database in ${config.dataDir}` : "PostgreSQL";
    findings.push(ok("configuration", `${config.mode} on ${database}`));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.push(fail("configuration", error.message, "set it in the environment of the process"));
    return null;
  }
}

type KeyFile = Keys | "not made yet" | "unreadable";

async function readKeyFile(config: Config, findings: Finding[]): Promise<KeyFile> {
  if (config.mode === "sandbox" && !config.keysFile && !existsSync(keyFilePath(config))) {
    findings.push(ok("key-file", "the sandbox makes its own at its first start"));
    return "not made yet";
  }
  try {
    const keys = await readKeys(config);
    findings.push(ok("key-file", `${keyFilePath(config)} can be read`));
    return keys;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.push(
      fail("key-file", error.message, "put back the file from its backup, readable by this user"),
    );
    return "unreadable";
  }
}

async function lookAtFaceVerifiers({ mode, faceVerifiersFile }: Config): Promise<Finding> {
  if (!faceVerifiersFile) return judgeFaceVerifiers(mode, null);
  try {
    return judgeFaceVerifiers(mode, (await readFaceVerifiers(faceVerifiersFile)).size);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail("face-verifiers", error.message, "mend the file, or let FACE_VERIFIERS_FILE name another");
  }
}

async function lookAtGateway({ mode, sms }: Config, { gatewayMs }: DoctorMeans): Promise<Finding> {
  if (sms === null || sms.gateway === "sandbox") return judgeGateway(mode, sms?.gateway ?? null, null);
  return judgeGateway(mode, sms.gateway, await reachGateway(sms, gatewayMs));
}

async function lookAtDatabase(
  config: Config,
  keyFile: KeyFile,
  means: DoctorMeans,
  findings: Finding[],
): Promise<void> {
  try {
    await using database = await openUnchanged(config);
    if (!database) {
      findings.push(ok("database", "there is none yet: the first start makes it"));
      return;
    }
    findings.push(...(await lookAtServer(config, database, means)));
    // Of a schema that is not whole nothing can be read reliably.
    if (findings.some(({ check, state }) => state === "FAIL" && schemaChecks.includes(check))) return;
    findings.push(...(await lookAtKeysAndWork(config, keyFile, database)));
  } catch (error) {
    findings.push(databaseFault(error));
  }
}

const schemaChecks: readonly CheckName[] = ["database", "migrations", "rights"];

async function lookAtServer(config: Config, database: Database, { wall }: DoctorMeans): Promise<Finding[]> {
  const { db, kind } = database;
  const facts = await readServerFacts(db);
  const migrations = judgeMigrations(await readMigrationState(db));
  const clock = judgeClock(await measureClockDifference(db, wall));
  return [
    kind === "embedded" ? ok("database", "the embedded database opens") : judgeServer(facts),
    judgeDurability(kind, config.mode, facts),
    migrations,
    // Before there are tables there is nothing to have rights to.
    ...(migrations.state === "FAIL" ? [] : [await lookAtRights(config, database)]),
    clock,
  ];
}

async function lookAtRights({ mode }: Config, { db, kind }: Database): Promise<Finding> {
  return kind === "embedded"
    ? ok("rights", "the embedded database has one role")
    : judgeRights(mode, await readRoleRights(db));
}

async function lookAtKeysAndWork(
  config: Config,
  keyFile: KeyFile,
  database: Database,
): Promise<readonly Finding[]> {
  const { db } = database;
  const keys = typeof keyFile === "string" ? null : keyFile;
  const examined = await examineKeys(db, keys && new Sealing(keys.sealing));
  const processes = examined.holders.length;
  const now = await readServiceTime(config, database);
  const present: Present = { mode: config.mode, now, running: processes > 0 };
  const work = await readOverdueWork(db, now);
  const importedAt = await readSetting<string>(db, REGISTER_IMPORTED_AT);
  return [
    ...(keyFile === "unreadable" ? [] : [judgeKeys(examined, keys !== null)]),
    judgeRotation(examined),
    judgeProcesses(processes),
    judgeJobAlarms(present, await readJobSilenceMs(db)),
    ...(keys ? await lookAtJobs(config, keys, database, present) : []),
    judgeMessages(present, work, config.sms !== null),
    judgeEvents(present, work),
    judgeDeliveries(present, work),
    await lookAtAnchors(config, database, present),
    judgeImport(present, importedAt === undefined ? null : Temporal.Instant.from(importedAt)),
  ];
}

/** A line a job of the calendar. */
async function lookAtJobs(
  config: Config,
  keys: Keys,
  database: Database,
  present: Present,
): Promise<Finding[]> {
  const since = await findJobsSince(database.db);
  if (!since) return [ok("jobs", "none is due before the first start")];
  await using stack = new AsyncDisposableStack();
  const services = openJobServices(stack, {
    config,
    keys,
    database,
    sealing: new Sealing(keys.sealing),
    now: () => present.now,
    logger: createLogger("silent"),
    source: "",
  });
  const jobs = jobsOf(services).filter(({ schedule }) => schedule.every !== "minutes");
  const known = await readRunStates(
    database.db,
    jobs.map(({ name }) => name),
    SILENT_MS,
  );
  return standingOf(jobs, since, present.now, known).map((standing) => judgeJob(present, standing));
}

async function lookAtAnchors(config: Config, { db }: Database, present: Present): Promise<Finding> {
  const last = await readLastAnchor(db);
  try {
    const file = config.auditAnchorFile;
    const lines = file === undefined ? null : await readAnchorLines(file);
    return judgeAnchors(present, {
      lastAt: last && Temporal.Instant.fromEpochMilliseconds(last.at.getTime()),
      since: await findJobsSince(db),
      inFile: lines && (last === null || lines.includes(last.jws)),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail("audit-anchors", error.message, "let this user read and append to the file");
  }
}

/** A driver's own words are never shown: they may quote a statement's values, or the address with its password. */
function databaseFault(error: unknown): Finding {
  if (error instanceof EmbeddedDatabaseHeld)
    return warn(
      "database",
      `the running process ${error.pid} holds the embedded database`,
      "look at its /health/ready and /metrics, or stop it to have the rest looked at",
    );
  const cures: Readonly<Record<string, string>> = {
    "28P01": "the password in DATABASE_URL is not the role's",
    "28000": "let pg_hba.conf admit this role from this machine",
    "3D000": "create the database that DATABASE_URL names",
    "42501": 'run as the owner: psql "$OWNER_URL" -f database-roles.sql',
    "53300": "raise max_connections, or lower POOL_SIZE",
  };
  return fail(
    "database",
    describeCommandFailure(error, "look again"),
    cures[sqlStateOf(error) ?? ""] ?? "see that the server runs and that DATABASE_URL leads to it",
  );
}
