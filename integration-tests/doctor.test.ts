import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAdministered } from "../src/commands/administration.js";
import type { DoctorMeans } from "../src/commands/doctor/examine.js";
import type { CheckName, Finding } from "../src/commands/doctor/finding.js";
import { runDoctor } from "../src/commands/doctor-command.js";
import { runRunJob } from "../src/commands/run-job-command.js";
import { readConfig } from "../src/config.js";
import { writeKeyFileIfAbsent } from "../src/keys.js";
import type { Database } from "../src/storage/database.js";
import { openUnchanged } from "../src/storage/open.js";
import { event, message, setting, webhookDelivery, webhookEndpoint } from "../src/storage/tables.js";
import { recordCommand } from "./testkit/command-recorder.js";
import { type ImportEnvironment, newImportEnvironment } from "./testkit/import-environment.js";
import { SmppServer } from "./testkit/smpp-server.js";

interface Told {
  readonly exitCode: number;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly notLookedAt: readonly CheckName[];
}

let environment: ImportEnvironment;

beforeAll(async () => {
  environment = await newImportEnvironment({ migrated: true });
});
afterAll(() => environment[Symbol.asyncDispose]());

const env = (more: Readonly<Record<string, string>> = {}) => ({ ...environment.env, ...more });

async function ask(
  settings: Readonly<Record<string, string>> = env(),
  means: Partial<DoctorMeans> = {},
): Promise<Told> {
  const { exitCode, stdout } = await recordCommand((output) =>
    runDoctor(["--json"], settings, output, means),
  );
  return { exitCode, ...(JSON.parse(stdout) as Omit<Told, "exitCode">) };
}

const of = ({ findings }: Told, check: CheckName) => findings.filter((finding) => finding.check === check);

/** Opens what there is, as the doctor does, and lets the test break it. */
async function change(work: (database: Database) => Promise<unknown>): Promise<void> {
  await using database = await openUnchanged(readConfig(env()));
  if (!database) throw new Error("there is no database");
  await work(database);
}

/** Makes it look as if a process ran: by what it holds, and by when it was last heard. */
const processRuns = ({ db }: Database) =>
  db.insert(setting).values({
    name: "key_holder:a-test",
    value: {
      sealing: { current: 1, versions: [1] },
      index: { current: 1, versions: [1] },
      beatAt: Math.floor(Date.now() / 1_000) + 600,
    },
  });

describe("before the first start", () => {
  let fresh: ImportEnvironment;
  beforeEach(async () => {
    fresh = await newImportEnvironment();
  });
  afterEach(() => fresh[Symbol.asyncDispose]());

  test("there is nothing yet, and looking makes nothing", async () => {
    const told = await ask({ ...fresh.env });
    expect(of(told, "key-file")[0]).toMatchObject({ state: "OK" });
    if (fresh.env["DATABASE_URL"]) {
      expect(of(told, "migrations")[0]).toMatchObject({
        state: "FAIL",
        cause: expect.stringMatching(/no tables/),
      });
      expect(told.exitCode).toBe(1);
    } else {
      expect(of(told, "database")[0]).toMatchObject({
        state: "OK",
        cause: expect.stringMatching(/none yet/),
      });
      expect(told.exitCode).toBe(0);
    }
    expect(told.notLookedAt).toContain("jobs");
    expect(existsSync(fresh.dataDir)).toBe(false);
    expect((await ask({ ...fresh.env })).findings).toEqual(told.findings);
  });
});

describe("npm run cli -- doctor", () => {
  beforeAll(async () => {
    await using _made = await openAdministered(env());
  });

  test("finds nothing that fails where all is well, and says it in lines", async () => {
    const { exitCode, stdout, stderr } = await recordCommand((output) => runDoctor([], env(), output));
    expect(stdout).toMatch(/^OK {4}runtime {10}Node v/);
    expect(stdout).toMatch(/^OK {4}migrations {7}all \d+ are applied$/m);
    expect(stdout).toMatch(/^OK {4}clock /m);
    expect(stdout).toMatch(/^OK {4}keys {13}the key file belongs to this database$/m);
    expect(stdout).toMatch(/^WARN {2}processes {8}no process .*\n {23}→ start it$/m);
    expect(stdout).toMatch(/^in all: \d+ OK, \d+ WARN, 0 FAIL\n$/m);
    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  test("says the same to machines", async () => {
    const told = await ask();
    expect(told).toMatchObject({ exitCode: 0, ok: true, notLookedAt: [] });
    for (const finding of told.findings) expect(finding.cure !== undefined).toBe(finding.state !== "OK");
  });

  test("changes nothing", async () => {
    const rows = async () => {
      let seen: unknown;
      await change(async ({ db }) => {
        seen = await db.select().from(setting).orderBy(setting.name);
      });
      return [seen, existsSync(environment.dataDir) ? (await readdir(environment.dataDir)).sort() : []];
    };
    const before = await rows();
    await ask();
    expect(await rows()).toEqual(before);
  });

  test.each([[["more"]], [["--fast"]]])("%j is no command", async (args) => {
    const told = await recordCommand((output) => runDoctor(args, env(), output));
    expect(told).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(/^usage: doctor/) });
  });
});

describe("what is broken", () => {
  test("settings: each fault by its name, never by its value", async () => {
    const told = await ask({ DATABASE_URL: "mysql://root:hunter2@db/x", POOL_SIZE: "hunter3" });
    expect(told.exitCode).toBe(1);
    expect(of(told, "configuration")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/DATABASE_URL.*POOL_SIZE/),
    });
    expect(JSON.stringify(told)).not.toContain("hunter");
    expect(told.notLookedAt).toContain("database");
  });

  test("keys of another database", async () => {
    const file = join(environment.directory, "other-keys.json");
    await writeKeyFileIfAbsent(file, true);
    const told = await ask(env({ KEYS_FILE: file }));
    expect(told.exitCode).toBe(1);
    expect(of(told, "keys")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/does not belong to this database/),
    });
  });

  test("a key file that is none, and one that is gone", async () => {
    const file = join(environment.directory, "no-keys.json");
    await writeFile(file, '{ "sandbox": true, "cookie": "a-secret" }');
    const told = await ask(env({ KEYS_FILE: file }));
    expect(of(told, "key-file")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/does not fit at/),
    });
    expect(JSON.stringify(told)).not.toContain("a-secret");
    await rm(file);
    expect(of(await ask(env({ KEYS_FILE: file })), "key-file")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/cannot be read \(ENOENT\)/),
    });
  });

  test("a sandbox whose own keys are gone", async () => {
    const elsewhere = join(environment.directory, "elsewhere");
    if (!environment.env["DATABASE_URL"]) return;
    expect(of(await ask(env({ DATA_DIR: elsewhere })), "keys")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/keys that are not here/),
    });
  });

  test("a clock that is not the database's", async () => {
    const ahead = (ms: number) => ask(env(), { wall: () => Date.now() + ms });
    expect(of(await ahead(10_000), "clock")[0]).toMatchObject({
      state: "WARN",
      cause: expect.stringMatching(/10\.\d s ahead of/),
    });
    const told = await ahead(-90_000);
    expect(of(told, "clock")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/90\.\d s behind/),
    });
    expect(told.exitCode).toBe(1);
  });

  test("a migration that was not applied", async () => {
    let taken: readonly Record<string, unknown>[] = [];
    await change(async ({ db }) => {
      const answer = await db.execute(sql`delete from drizzle.__drizzle_migrations
        where created_at = (select max(created_at) from drizzle.__drizzle_migrations) returning hash, created_at`);
      taken = (answer as unknown as { readonly rows: typeof taken }).rows;
    });
    try {
      const told = await ask();
      expect(of(told, "migrations")[0]).toMatchObject({
        state: "FAIL",
        cause: expect.stringMatching(/not applied yet: \d{4}_\w+$/),
      });
      expect(told.notLookedAt).toContain("messages");
    } finally {
      await change(({ db }) =>
        db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at)
          values (${taken[0]?.["hash"]}, ${taken[0]?.["created_at"]})`),
      );
    }
  });
});

describe("a gateway", () => {
  // Of no database: it need not be opened for this.
  const smpp = (port: number) => ({
    MODE: "sandbox",
    DATA_DIR: join(environment.directory, "nothing"),
    SMS_GATEWAY: "smpp",
    SMPP_URL: `smpp://changqing@127.0.0.1:${port}`,
    SMPP_PASSWORD: "hunter2",
    SMPP_SOURCE: "106900001111",
  });

  test("that answers is signed in to and left, and no message is sent", async () => {
    await using server = await SmppServer.start();
    const told = await ask(smpp(server.port));
    expect(of(told, "gateway")[0]).toMatchObject({ state: "OK", cause: "smpp answers" });
    expect([server.unbinds, server.submitted]).toEqual([1, []]);
  });

  test.each([
    [0x0e, "FAIL", /BIND_ESME_RINVPASWD/],
    // The worker is signed in already.
    [0x05, "OK", /answers/],
  ])("that answers the sign-in with %i is %s", async (status, state, cause) => {
    await using server = await SmppServer.start();
    server.bindStatus = status;
    const told = await ask(smpp(server.port));
    expect(of(told, "gateway")[0]).toMatchObject({ state, cause: expect.stringMatching(cause) });
    expect(JSON.stringify(told)).not.toContain("hunter2");
  });

  test("that is not there", async () => {
    const { port } = await SmppServer.start().then(async (server) => {
      const { port } = server;
      await server[Symbol.asyncDispose]();
      return { port };
    });
    const told = await ask(smpp(port));
    expect(of(told, "gateway")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(told.exitCode).toBe(1);
  });
});

describe("work that waits", () => {
  const person = { bucket: 1, pensionerId: randomUUID() };
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const endpointId = randomUUID();
  const bytes = Buffer.from([1]);
  const clear = async ({ db }: Database) => {
    for (const table of [message, event, webhookDelivery, webhookEndpoint]) await db.delete(table);
    await db.delete(setting).where(sql`name in ('jobs_since', 'key_holder:a-test')`);
    await db.execute(sql`delete from job_run`);
  };

  beforeAll(async () => {
    await using _made = await openAdministered(env());
  });

  beforeEach(() =>
    change(async (database) => {
      await clear(database);
      await processRuns(database);
      await database.db.insert(setting).values({ name: "jobs_since", value: "2026-01-01T00:00:00Z" });
    }),
  );

  test("messages, events and deliveries that nobody sends", async () => {
    await change(async ({ db }) => {
      await db.insert(message).values({
        ...person,
        id: randomUUID(),
        kind: "CERTIFICATION_SUCCEEDED",
        month: "2026-06",
        recipient: "PENSIONER",
        state: "QUEUED",
        bodySealed: bytes,
        dueAt: hoursAgo(3),
        createdAt: hoursAgo(3),
      });
      await db.insert(event).values({
        ...person,
        sequence: 1,
        id: randomUUID(),
        type: "certification.passed",
        subjectId: "cert_x",
        at: hoursAgo(2),
      });
      await db.insert(webhookEndpoint).values({
        id: endpointId,
        clientId: "a-client",
        audience: "ALL",
        url: "https://bank.example/events",
        secretSealed: bytes,
        signingKeySealed: bytes,
        publicKey: "whpk_x",
        afterPosition: 0,
        createdAt: hoursAgo(9),
        failingSince: hoursAgo(8),
      });
      await db.insert(webhookDelivery).values({
        ...person,
        id: randomUUID(),
        endpointId,
        position: 1,
        sequence: 1,
        state: "PENDING",
        dueAt: hoursAgo(7),
        createdAt: hoursAgo(8),
      });
    });
    const told = await ask();
    expect(of(told, "messages")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/^1 confirmation waits.* 3 hours/),
    });
    expect(of(told, "events")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/^1 event without a place in the feed waits.* 2 hours/),
    });
    expect(of(told, "webhooks")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/^1 delivery waits.* 7 hours; nothing arrives at 1 endpoint$/),
    });
  });

  test("a month's job that was left out, until it is run by hand", async () => {
    const close = async () => {
      const told = await ask();
      return of(told, "jobs").find(({ cause }) => cause.startsWith("expiry-close"));
    };
    const missed = await close();
    expect(missed).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/2026-02 is not done, nor are \d+ later ones/),
    });
    expect(missed?.cure).toBe("npm run cli -- run-job expiry-close --period 2026-02");
    const byHand = await recordCommand((output) =>
      runRunJob(["expiry-close", "--period", "2026-02", "--quiet"], env(), output),
    );
    expect(byHand.exitCode).toBe(0);
    expect((await close())?.cause).not.toContain("2026-02");
  });

  test("anchors that nobody makes, until one is made", async () => {
    expect(of(await ask(), "audit-anchors")[0]).toMatchObject({
      state: "FAIL",
      cause: expect.stringMatching(/none has been made/),
    });
    const file = join(environment.directory, "anchors.txt");
    await recordCommand((output) =>
      runRunJob(["audit-anchor", "--quiet"], env({ AUDIT_ANCHOR_FILE: file }), output),
    );
    expect(of(await ask(env({ AUDIT_ANCHOR_FILE: file })), "audit-anchors")[0]).toMatchObject({
      state: "OK",
    });
    await rm(file);
    expect(of(await ask(env({ AUDIT_ANCHOR_FILE: file })), "audit-anchors")[0]).toMatchObject({
      state: "WARN",
      cause: expect.stringMatching(/does not stand in AUDIT_ANCHOR_FILE/),
    });
  });

  test("is nobody's fault while nothing runs", async () => {
    await change(({ db }) => db.delete(setting).where(sql`name = 'key_holder:a-test'`));
    expect((await ask()).exitCode).toBe(0);
  });
});

test("an embedded database that a process holds is left alone", async () => {
  if (environment.env["DATABASE_URL"]) return;
  await using _held = await openAdministered(env());
  const told = await ask();
  expect(told.exitCode).toBe(0);
  expect(of(told, "database")[0]).toMatchObject({
    state: "WARN",
    cause: expect.stringMatching(/running process \d+ holds/),
  });
});
