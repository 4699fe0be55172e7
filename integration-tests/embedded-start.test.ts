import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { openStorage } from "../src/storage/open.js";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "changqing-start-"));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe.skipIf(inject("backend").kind !== "embedded")("the embedded database", () => {
  const open = () => openStorage({ databaseUrl: undefined, dataDir, poolSize: 2 });

  test("that was being made when the process was killed is made anew", async () => {
    await mkdir(join(dataDir, "pglite"));
    await writeFile(join(dataDir, "pglite", "PG_VERSION"), "half");
    await writeFile(join(dataDir, "pglite.unfinished"), "");
    await using database = await open();
    expect(await database.ping()).toBe(true);
    expect(existsSync(join(dataDir, "pglite.unfinished"))).toBe(false);
  });

  test("keeps its rows when it is opened again", async () => {
    const keep = { name: "kept", value: 1 };
    const { setting } = await import("../src/storage/tables.js");
    {
      await using database = await open();
      await database.db.insert(setting).values(keep);
    }
    await using database = await open();
    expect(await database.db.select().from(setting)).toContainEqual(keep);
  });

  test("npm start hands SIGTERM on: it ends with 0, after the server, which gives back its lock", async () => {
    const npm = spawn("npm", ["start"], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { ...process.env, PORT: "0", DATA_DIR: dataDir, MODE: "sandbox", LOG_LEVEL: "silent" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(npm, "exit");
    let printed = "";
    for await (const chunk of npm.stdout) {
      printed += String(chunk);
      if (/^ready http:\/\/127\.0\.0\.1:\d+\/graphql$/m.test(printed)) break;
    }
    expect(printed).toMatch(/^ready /m);
    expect(existsSync(join(dataDir, "changqing.lock"))).toBe(true);
    npm.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(existsSync(join(dataDir, "changqing.lock"))).toBe(false);
  });
});
