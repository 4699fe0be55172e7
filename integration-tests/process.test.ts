import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { access, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { writeKeyFileIfAbsent } from "../src/keys.js";
import { sandboxPeople } from "../src/sandbox/sandbox-people.js";
import { advanceClock, certify, readStatus } from "./testkit/certify.js";
import { ViewerDocument } from "./testkit/gql/graphql.js";
import { signIn } from "./testkit/sandbox-server.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const START_MS = 90_000;
const CLOCK = "2026-05-12T02:00:00Z";
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

const [example] = sandboxPeople;
const [document] = example?.documents ?? [];
if (!example || !document) throw new Error("no people");
const person = { name: example.name, document };

/** The service as it is built, beside links to what it needs. */
let built: string;
/** Data as a first start left it. */
let firstDataDir: string;
let firstOutput: Running;
let dataDir: string;
const started: Running[] = [];

interface Running {
  readonly child: ChildProcess;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stdout: string;
  stderr: string;
}

function launch(
  environment: Readonly<Record<string, string>> = {},
  script = "main.js",
  args: readonly string[] = [],
): Running {
  const child = spawn(process.execPath, [join(built, "dist", script), ...args], {
    env: { PATH: process.env["PATH"] ?? "", PORT: "0", DATA_DIR: dataDir, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  const running: Running = { child, exited, stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    running.stdout += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    running.stderr += chunk;
  });
  started.push(running);
  return running;
}

/** Begins with what a first start left, which takes far less time than another first start. */
async function beginWithFirstData(): Promise<void> {
  await cp(firstDataDir, dataDir, { recursive: true });
}

/** Starts the service and waits for its line; the address is the one it prints. */
async function serve(
  environment: Readonly<Record<string, string>> = {},
): Promise<Running & { readonly address: string }> {
  const running = launch(environment);
  const startedAt = performance.now();
  for (;;) {
    const address = /^ready (http:\/\/[\w.:[\]]+)\/graphql$/m.exec(running.stdout)?.[1];
    if (address) return Object.assign(running, { address });
    if (running.child.exitCode !== null) throw new Error(`it ended: ${running.stderr}`);
    if (performance.now() - startedAt > START_MS) throw new Error(`it is not ready: ${running.stdout}`);
    await sleep(50);
  }
}

async function end(
  running: Running,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; signal: string | null }> {
  running.child.kill(signal);
  return running.exited;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
const lockFile = () => join(dataDir, "changqing.lock");

describe.skipIf(inject("backend").kind !== "embedded")("the process", { timeout: 240_000 }, () => {
  beforeAll(async () => {
    built = await mkdtemp(join(tmpdir(), "changqing-process-"));
    const outDir = join(built, "dist");
    const options = ["--outDir", outDir, "--tsBuildInfoFile", join(outDir, ".tsbuildinfo")];
    await run(process.execPath, [
      join(root, "node_modules/typescript/bin/tsc"),
      "-p",
      join(root, "tsconfig.build.json"),
      ...options,
    ]);
    await symlink(join(root, "node_modules"), join(built, "node_modules"));
    await symlink(join(root, "drizzle"), join(built, "drizzle"));
    await writeFile(join(built, "package.json"), '{"type": "module"}');
    firstDataDir = join(built, "first");
    dataDir = firstDataDir;
    firstOutput = await serve({ SANDBOX_CLOCK: CLOCK });
    expect(await end(firstOutput, "SIGTERM")).toEqual({ code: 0, signal: null });
  }, 240_000);

  afterAll(() => rm(built, { recursive: true, force: true }));

  beforeEach(() => {
    dataDir = join(built, `data-${randomUUID()}`);
  });

  afterEach(async () => {
    for (const running of started.splice(0)) {
      if (running.child.exitCode === null && running.child.signalCode === null) await end(running, "SIGKILL");
    }
    await rm(dataDir, { recursive: true, force: true });
  });

  test("prints where it is, and what it prints works as it stands; SIGTERM ends it cleanly", async () => {
    await beginWithFirstData();
    const running = await serve();
    expect(running.stdout.trim().split("\n").at(-1)).toBe(`ready ${running.address}/graphql`);
    expect(new URL(running.address).port).not.toBe("0");
    expect((await fetch(`${running.address}/health/ready`)).status).toBe(200);

    const commands = running.stdout.split("\n").filter((line) => /^(TOKEN=|curl )/.test(line));
    expect(commands).toHaveLength(2);
    if (hasCurl) {
      const { stdout } = await run("sh", ["-e", "-c", commands.join("\n")]);
      expect(JSON.parse(stdout)).toMatchObject({
        data: {
          pensionerStatus: {
            inScope: true,
            pensioner: { certificationStatus: { state: "VALID" }, paymentStatus: { state: "PAYING" } },
          },
        },
      });
    }
    expect(await exists(lockFile())).toBe(true);
    expect(await end(running, "SIGTERM")).toEqual({ code: 0, signal: null });
    expect(await exists(lockFile())).toBe(false);
    for (const { stdout } of [firstOutput, running])
      expect(stdout).not.toMatch(/oidc-provider|warning|deprecat/i);
    for (const line of running.stderr.trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  });

  test.each([
    ["a sandbox's", {}],
    [
      "production's, by the alarms of pg-boss,",
      { MODE: "production", PUBLIC_URL: "http://changqing.test", ALLOW_EMBEDDED_DB: "true" },
    ],
  ])("%s worker runs the jobs and serves nobody; SIGTERM ends it cleanly", async (_, environment) => {
    if ("MODE" in environment) {
      const path = join(built, `keys-${randomUUID()}.json`);
      await writeKeyFileIfAbsent(path, false);
      environment = { ...environment, KEYS_FILE: path };
    } else await beginWithFirstData();
    const worker = launch(environment, "cli.js", ["worker"]);
    await expect.poll(() => worker.stdout, { timeout: START_MS }).toBe("ready: jobs are run\n");
    await sleep(3_000);
    expect(worker.child.exitCode).toBeNull();
    expect(await end(worker, "SIGTERM")).toEqual({ code: 0, signal: null });
    expect(worker.stderr).not.toMatch(/"level":(50|60)/);
    expect(await exists(lockFile())).toBe(false);
  });

  test("SIGINT ends it cleanly too, and another start finds what was there, without seeding again", async () => {
    await beginWithFirstData();
    const first = await serve();
    const bank = await signIn(first.address, "sandbox-icbc-app", "sandbox");
    await advanceClock(bank, "2026-07-01T02:00:00Z");
    const { id } = await certify(bank, person);
    const keys = await readFile(join(dataDir, "sandbox-keys.json"), "utf8");
    expect(await end(first, "SIGINT")).toEqual({ code: 0, signal: null });

    const second = await serve({ SANDBOX_CLOCK: CLOCK });
    expect(await readFile(join(dataDir, "sandbox-keys.json"), "utf8")).toBe(keys);
    const again = await signIn(second.address, "sandbox-icbc-app", "sandbox");
    expect((await again.request(ViewerDocument, {})).viewer.now).toMatch(/^2026-07-01T/);
    expect((await readStatus(again, person)).certificationStatus.lastCertifiedOn).toBe("2026-07-01");
    const answer = await again.send<{ certification: { state: string } }>({
      query: "query($id: ID!) { certification(id: $id) { state } }",
      variables: { id },
    });
    expect(answer.data?.certification.state).toBe("PASSED");
    expect(await end(second, "SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("a second one on the same data is refused and names the first; the first goes on", async () => {
    await beginWithFirstData();
    const first = await serve();
    const second = launch();
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.stderr.trim().split("\n")).toHaveLength(1);
    expect(second.stderr).toContain(`held by the running process ${first.child.pid}`);
    expect(second.stderr).toMatch(/^changqing: .*DATA_DIR/);
    expect(second.stdout).toBe("");
    const bank = await signIn(first.address, "sandbox-icbc-app", "sandbox");
    expect((await certify(bank, person)).state).toBe("PASSED");
    expect(await end(first, "SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("killed in the middle of work, it starts again, and all that it acknowledged is there", async () => {
    await beginWithFirstData();
    const first = await serve();
    const bank = await signIn(first.address, "sandbox-icbc-app", "sandbox");
    const acknowledged: string[] = [];
    const others = sandboxPeople
      .slice(1)
      .map(({ name, documents: [one] }) => ({ name, document: one ?? document }));
    const working = (async () => {
      for (const one of [person, ...others, ...others, ...others])
        acknowledged.push((await certify(bank, one)).id);
    })().catch(() => undefined);
    await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(await end(first, "SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
    await working;
    expect(await exists(lockFile())).toBe(true);

    const second = await serve();
    const again = await signIn(second.address, "sandbox-icbc-app", "sandbox");
    expect((await readStatus(again, person)).certificationStatus.lastCertifiedOn).toBe("2026-05-12");
    for (const id of acknowledged) {
      const answer = await again.send<{ certification: { state: string } | null }>({
        query: "query($id: ID!) { certification(id: $id) { state } }",
        variables: { id },
      });
      expect(answer.data?.certification?.state).toBe("PASSED");
    }
    expect(await end(second, "SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("a request under way is answered although SIGTERM came", async () => {
    await beginWithFirstData();
    const running = await serve();
    const bank = await signIn(running.address, "sandbox-icbc-app", "sandbox");
    const { hostname, port } = new URL(running.address);
    const body = JSON.stringify({ query: "{ viewer { name } }" });
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${bank.token}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    );
    await sleep(300);
    running.child.kill("SIGTERM");
    const live = () =>
      fetch(`${running.address}/health/live`).then(
        () => "served",
        () => "refused",
      );
    await expect.poll(live, { timeout: 10_000 }).toBe("refused");
    expect(running.child.exitCode).toBeNull();
    socket.write(body.slice(10));
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answer).toContain("工商银行");
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(await exists(lockFile())).toBe(false);
  });

  describe("does not start, ends with 1, and says in one line what to do", () => {
    async function expectRefusal(running: Running, message: RegExp): Promise<void> {
      expect(await running.exited).toEqual({ code: 1, signal: null });
      expect(running.stdout).toBe("");
      expect(running.stderr.trim().split("\n")).toHaveLength(1);
      expect(running.stderr).toMatch(/^changqing: /);
      expect(running.stderr).toMatch(message);
      expect(running.stderr).not.toMatch(/\bat .*\.js/);
    }

    test("when a setting is wrong", () =>
      expectRefusal(launch({ PORT: "http", AUDIT: "maybe" }), /PORT: .*AUDIT: /));

    test("in production without keys", () => expectRefusal(launch({ MODE: "production" }), /KEYS_FILE/));

    test("in production with a sandbox's keys", async () => {
      const sandboxKeys = join(dataDir, "other-keys.json");
      await writeKeyFileIfAbsent(sandboxKeys, true);
      const settings = {
        MODE: "production",
        PUBLIC_URL: "https://api.example",
        ALLOW_EMBEDDED_DB: "true",
        KEYS_FILE: sandboxKeys,
      };
      await expectRefusal(launch(settings), /holds sandbox keys/);
    });

    test("with other keys than the database's", async () => {
      await beginWithFirstData();
      await rm(join(dataDir, "sandbox-keys.json"));
      await expectRefusal(launch(), /sealed under other keys/);
      expect(await exists(lockFile())).toBe(false);
    });

    test("when the port is taken; and the data can be used at once", async () => {
      await beginWithFirstData();
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
      const address = holder.address();
      const port = typeof address === "object" ? String(address?.port) : "";
      await expectRefusal(launch({ PORT: port }), /port is in use.*PORT/);
      expect(await exists(lockFile())).toBe(false);
      await new Promise((resolve) => holder.close(resolve));
    });

    test("when PostgreSQL does not answer", () =>
      expectRefusal(
        launch({ MODE: "sandbox", DATABASE_URL: "postgresql://127.0.0.1:1/changqing" }),
        /DATABASE_URL does not answer/,
      ));

    test("when the data directory is a file", async () => {
      await writeFile(dataDir, "");
      const running = launch();
      expect(await running.exited).toEqual({ code: 1, signal: null });
      expect(running.stderr.trim().split("\n")).toHaveLength(1);
    });
  });

  describe("the command line", () => {
    test("makes keys once", async () => {
      const path = join(dataDir, "keys.json");
      const first = launch({}, "cli.js", ["keys", "generate", path]);
      expect(await first.exited).toEqual({ code: 0, signal: null });
      const keys = await readFile(path, "utf8");
      expect(JSON.parse(keys)).toMatchObject({ sandbox: false });
      const second = launch({}, "cli.js", ["keys", "generate", path]);
      expect(await second.exited).toEqual({ code: 1, signal: null });
      expect(second.stderr).toContain("left as it is");
      expect(await readFile(path, "utf8")).toBe(keys);
    });

    test("explains itself when it does not understand", async () => {
      const attempts = [[], ["nonsense"], ["keys", "generate"], ["keys", "generate", "a", "b"]].map((args) =>
        launch({}, "cli.js", args),
      );
      for (const running of attempts) {
        expect(await running.exited).toEqual({ code: 2, signal: null });
        expect(running.stderr).toMatch(/^usage: /);
      }
    });
  });
});
