import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readConfig } from "../../src/config.js";
import { startAlarms } from "../../src/jobs/alarm-clock.js";
import { readJobsSince } from "../../src/jobs/run-due.js";
import { openStorage } from "../../src/storage/open.js";
import { certify, readStatus } from "../testkit/certify.js";
import { administer, createPostgresDatabase, type PostgresDatabase } from "../testkit/database.js";
import { buildHost, buildJob, everyMinute } from "../testkit/jobs.js";
import { buildPerson, importPeople } from "../testkit/people.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

const ROLE = "changqing_service";
let owner: PostgresDatabase;
let service: string;
let sandbox: SandboxServer;

beforeAll(async () => {
  const backend = inject("backend");
  if (backend.kind !== "postgresql") throw new Error("only the postgresql project has roles");
  owner = await createPostgresDatabase(backend.adminUrl, backend.template);
  const script = await readFile(new URL("../../database-roles.sql", import.meta.url), "utf8");
  await administer(owner.url, script);
  await administer(owner.url, `alter role ${ROLE} login password 'a-test'`);
  const url = new URL(owner.url);
  url.username = ROLE;
  url.password = "a-test";
  service = url.href;
  const environment = { DATABASE_URL: service };
  const database = await openStorage(readConfig({ MODE: "sandbox", ...environment }));
  sandbox = await startSandbox({ environment, database });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await administer(owner.url, `drop owned by ${ROLE}`);
  await administer(owner.url, `drop role ${ROLE}`);
  await owner[Symbol.asyncDispose]();
});

describe("the service as the role of database-roles.sql", () => {
  test("starts, certifies and writes its records", async () => {
    const person = buildPerson({ lastCertifiedOn: "2025-02-11" });
    await importPeople(sandbox.app, [person]);
    const bank = await sandbox.signIn("ICBC_APP");
    expect((await certify(bank, person)).state).toBe("PASSED");
    expect((await readStatus(bank, person)).certificationStatus.state).toBe("VALID");
    for (const table of ["access_log", "audit_entry"])
      expect((await administer(service, `select 1 from ${table}`)).length).toBeGreaterThan(0);
  });

  test("rings and runs jobs", async () => {
    await using database = await openStorage(readConfig({ MODE: "sandbox", DATABASE_URL: service }));
    const wall = () => Temporal.Instant.fromEpochMilliseconds(Date.now()).toString();
    const host = buildHost(database, [buildJob("minute", everyMinute)], wall);
    await readJobsSince(database, host.now().subtract({ hours: 24 }));
    const troubles: unknown[] = [];
    const alarms = await startAlarms(host, { lookSeconds: 1, onTrouble: (error) => troubles.push(error) });
    await expect.poll(() => host.outcomes[0]?.result, { timeout: 90_000 }).toBe("DONE");
    host.stop();
    await alarms[Symbol.asyncDispose]();
    expect(troubles).toEqual([]);
  });

  test.each([
    "update audit_anchor set number = 0",
    "delete from audit_anchor",
    "update access_log set client_id = 'x'",
    "delete from access_log",
    "truncate access_log",
    "update audit_entry set entry = 'x'",
    "delete from audit_entry",
    "truncate audit_entry",
    "delete from audit_chain",
    "drop table access_log",
    "alter table audit_entry add column x int",
    "create table public.mine (x int)",
    "delete from drizzle.__drizzle_migrations",
  ])("cannot %s", async (statement) => {
    await expect(administer(service, statement)).rejects.toMatchObject({ code: "42501" });
  });

  test("the script may be run again", async () => {
    const script = await readFile(new URL("../../database-roles.sql", import.meta.url), "utf8");
    await administer(owner.url, script);
    expect((await administer(service, "select 1 as one"))[0]).toEqual({ one: 1 });
  });
});
