import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runRunJob } from "../../src/commands/run-job-command.js";
import { readConfig } from "../../src/config.js";
import { writeKeyFileIfAbsent } from "../../src/keys.js";
import { openStorage } from "../../src/storage/open.js";
import { transpileInto } from "../testkit/built-service.js";
import { certify, readStatus } from "../testkit/certify.js";
import { recordCommand } from "../testkit/command-recorder.js";
import { administer } from "../testkit/database.js";
import { buildFile, upload } from "../testkit/evidence-uploads.js";
import { buildPerson, importPeople } from "../testkit/people.js";
import { type PostgresServer, startPostgresServer } from "../testkit/postgres-server.js";
import { startSandbox } from "../testkit/sandbox-server.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where PostgreSQL's tools and a server of their version are: pg_dump takes no server that is newer than itself. */
function findPrograms(): string | null {
  const { stdout, status } = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  const folder = status === 0 ? stdout.trim() : "";
  const needed = ["initdb", "postgres", "pg_dump", "pg_restore", "psql"];
  return folder !== "" && needed.every((name) => existsSync(join(folder, name))) ? folder : null;
}

const programs = findPrograms();

async function blockOf(mark: string): Promise<string> {
  const guide = await readFile(join(root, "deploy/README.md"), "utf8");
  const block = new RegExp(`<!-- ${mark} -->\\n\`\`\`sh\\n(.*?)\\n\`\`\``, "s").exec(guide)?.[1];
  if (!block) throw new Error(`the guide has no part ${mark}`);
  return block;
}

describe.skipIf(programs === null)("the guide to backup and restore", { timeout: 300_000 }, () => {
  const person = buildPerson({ lastCertifiedOn: "2025-02-11" });
  let server: PostgresServer;
  let directory: string;
  let env: Record<string, string>;

  /** Runs a part of the guide as it stands, where a checkout would be. */
  async function follow(mark: string): Promise<string> {
    const { stdout } = await promisify(execFile)("bash", ["-e", "-u", "-c", await blockOf(mark)], {
      cwd: join(directory, "checkout"),
      env: { ...env, HOME: directory, PATH: `${programs}:${process.env["PATH"]}` },
      encoding: "utf8",
    });
    return stdout;
  }

  const urlOf = (database: string, role: string) => {
    const url = new URL(server.adminUrl);
    url.pathname = `/${database}`;
    if (role !== "postgres") url.password = "a-test";
    url.username = role;
    return url.href;
  };

  const sandboxOf = async () =>
    startSandbox({
      clock: "2026-11-24T02:00:00Z",
      environment: { ...env, PORT: "0" },
      database: await openStorage(readConfig(env)),
    });

  beforeAll(async () => {
    server = await startPostgresServer({ durable: false, programs: programs ?? "" });
    directory = await mkdtemp(join(tmpdir(), "changqing-backup-"));
    const checkout = join(directory, "checkout");
    await transpileInto(checkout, { cli: "exec node dist/cli.js" });
    await copyFile(join(root, "database-roles.sql"), join(checkout, "database-roles.sql"));
    await administer(server.adminUrl, "create role changqing_owner login password 'a-test'");
    for (const name of ["changqing", "restored"])
      await administer(server.adminUrl, `create database ${name} owner changqing_owner`);
    const keysFile = join(directory, "keys.json");
    await writeKeyFileIfAbsent(keysFile, true);
    env = {
      MODE: "sandbox",
      DATABASE_URL: urlOf("changqing", "changqing_owner"),
      OWNER_URL: urlOf("changqing", "changqing_owner"),
      RESTORED_OWNER_URL: urlOf("restored", "changqing_owner"),
      KEYS_FILE: keysFile,
      EVIDENCE_DIR: join(directory, "evidence"),
      AUDIT_ANCHOR_FILE: join(directory, "anchors.jws"),
      BACKUP: join(directory, "backup"),
      KEYS_BACKUP: join(directory, "keys-backup"),
    };
    // Roles are the superuser's to make; from then on the script is the owner's.
    await administer(server.adminUrl, "create role changqing_service login password 'a-test'");
  }, 120_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  test("what was certified, signed and uploaded is there again after the loss of everything", async () => {
    {
      await using sandbox = await sandboxOf();
      await importPeople(sandbox.app, [person]);
      expect((await certify(await sandbox.signIn("ICBC_APP"), person)).state).toBe("PASSED");
      const file = buildFile("jpeg");
      expect((await upload(await sandbox.signIn("EMPLOYER"), file, "jpeg")).status).toBe(201);
      const anchored = await recordCommand((output) => runRunJob(["audit-anchor", "--quiet"], env, output));
      expect(anchored.exitCode).toBe(0);
      // While the service runs.
      expect(await follow("backup")).toMatch(/^all well: \d+ entries in \d+ chains/);
    }
    const evidence = (await readdir(env["EVIDENCE_DIR"] ?? "", { recursive: true })).sort();
    expect(evidence.length).toBeGreaterThan(0);
    await administer(server.adminUrl, "drop database changqing");
    await rm(env["EVIDENCE_DIR"] ?? "", { recursive: true });
    await rm(env["KEYS_FILE"] ?? "");

    await follow("restore");
    env["DATABASE_URL"] = urlOf("restored", "changqing_service");
    const verified = await follow("verify");
    expect(verified).toMatch(/^OK +keys +the key file belongs to this database$/m);
    expect(verified).toMatch(/^OK +migrations /m);
    expect(verified).toMatch(/^OK +rights +the role changqing_service /m);
    expect(verified).toMatch(/^all well: \d+ entries .*, 1 anchors$/m);
    expect((await readdir(env["EVIDENCE_DIR"] ?? "", { recursive: true })).sort()).toEqual(evidence);

    await using sandbox = await sandboxOf();
    const bank = await sandbox.signIn("ICBC_APP");
    expect((await readStatus(bank, person)).certificationStatus.lastCertifiedOn).toBe("2026-11-24");
    const again = await upload(await sandbox.signIn("EMPLOYER"), buildFile("jpeg"), "jpeg");
    expect(again.status).toBeLessThan(300);
  });

  test("a database that lacks what the backup's heads know of is found out", async () => {
    await administer(env["RESTORED_OWNER_URL"] ?? "", "delete from audit_entry");
    await expect(follow("verify")).rejects.toMatchObject({ code: 1 });
  });
});
