import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openAdministered } from "../../src/commands/administration.js";
import type { CheckName, Finding } from "../../src/commands/doctor/finding.js";
import { runDoctor } from "../../src/commands/doctor-command.js";
import { recordCommand } from "../testkit/command-recorder.js";
import { administer } from "../testkit/database.js";
import { type ImportEnvironment, newImportEnvironment } from "../testkit/import-environment.js";

// Roles belong to the whole server, of which other files use the usual one.
const ROLE = "changqing_doctor_test";

let environment: ImportEnvironment;
let owner: string;

beforeAll(async () => {
  environment = await newImportEnvironment();
  owner = environment.env["DATABASE_URL"] ?? "";
  await using _made = await openAdministered(environment.env);
  await administer(owner, await rolesScript());
  await administer(owner, `alter role ${ROLE} login password 'a-test'`);
});

afterAll(async () => {
  await administer(owner, `drop owned by ${ROLE}`);
  await administer(owner, `drop role ${ROLE}`);
  await environment[Symbol.asyncDispose]();
});

async function rolesScript(): Promise<string> {
  const script = await readFile(new URL("../../database-roles.sql", import.meta.url), "utf8");
  return script.replaceAll("changqing_service", ROLE);
}

function urlOf(change: (url: URL) => void): string {
  const url = new URL(owner);
  change(url);
  return url.href;
}

const asService = () =>
  urlOf((url) => {
    url.username = ROLE;
    url.password = "a-test";
  });

async function ask(databaseUrl: string, check: CheckName) {
  const { exitCode, stdout } = await recordCommand((output) =>
    runDoctor(["--json"], { ...environment.env, DATABASE_URL: databaseUrl }, output),
  );
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  return { exitCode, stdout, finding: findings.find((each) => each.check === check) };
}

describe("the role of the connection", () => {
  test("of database-roles.sql has what it needs and no more", async () => {
    expect(await ask(asService(), "rights")).toMatchObject({
      exitCode: 0,
      finding: { state: "OK", cause: expect.stringContaining("cannot change what is to stay") },
    });
  });

  test("that the script has not reached yet is told which rights it lacks", async () => {
    await administer(owner, `revoke insert on message from ${ROLE}`);
    expect(await ask(asService(), "rights")).toMatchObject({
      exitCode: 1,
      finding: { state: "FAIL", cause: expect.stringMatching(/may not insert into message$/) },
    });
    await administer(owner, await rolesScript());
    expect((await ask(asService(), "rights")).exitCode).toBe(0);
  });

  test("that may remove traces is known as one", async () => {
    await administer(owner, `grant delete on audit_entry to ${ROLE}`);
    const { finding } = await ask(asService(), "rights");
    expect(finding).toMatchObject({ state: "OK", cause: expect.stringContaining("usual in a sandbox") });
    await administer(owner, await rolesScript());
  });
});

describe("a database that cannot be used", () => {
  test.each<[string, (url: URL) => void, RegExp, RegExp]>([
    ["that has another password", (url) => (url.password = "hunter2"), /SQLSTATE 28P01/, /password/],
    ["of another name", (url) => (url.pathname = "/nothing"), /SQLSTATE 3D000/, /create the database/],
  ])("%s", async (_, change, cause, cure) => {
    const { exitCode, stdout, finding } = await ask(urlOf(change), "database");
    expect(exitCode).toBe(1);
    expect(finding).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(cause),
      cure: expect.stringMatching(cure),
    });
    expect(stdout).not.toContain("hunter2");
  });

  test("that is down, or does not answer in time", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { readonly port: number };
    const at = () =>
      ask(
        urlOf((url) => (url.port = String(port))),
        "database",
      );
    const failure = { state: "FAIL", cause: expect.stringMatching(/cannot be reached or was lost/) };
    expect(await at()).toMatchObject({ exitCode: 1, finding: failure });
    silent.close();
    expect(await at()).toMatchObject({ exitCode: 1, finding: failure });
  });

  test("without durable writes is warned of", async () => {
    expect(inject("backend").kind).toBe("postgresql");
    expect((await ask(owner, "durability")).finding).toMatchObject({
      state: "WARN",
      cause: expect.stringContaining("fsync, full_page_writes, synchronous_commit"),
    });
  });
});
