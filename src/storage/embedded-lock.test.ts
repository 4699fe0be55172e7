import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EmbeddedDatabaseHeld, lockDataDir } from "./embedded-lock.js";

// Locks are flushed to the disk, which a busy machine does slowly.
vi.setConfig({ testTimeout: 20_000 });

let dataDir: string;
let lockFile: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "changqing-lock-"));
  lockFile = join(dataDir, "changqing.lock");
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
  readonly token: string;
}

async function readLock(): Promise<Holder> {
  return JSON.parse(await readFile(lockFile, "utf8")) as Holder;
}

async function leaveLock(holder: Partial<Holder>): Promise<void> {
  await writeFile(
    lockFile,
    JSON.stringify({ pid: process.pid, startedAt: "", token: "left behind", ...holder }),
  );
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--eval", ""]);
  await once(child, "exit");
  if (child.pid === undefined) throw new Error("no process was started");
  return child.pid;
}

/** How many of `takers` concurrent attempts win; the others must be refused, not fail. */
async function winners(takers: number): Promise<readonly (() => Promise<void>)[]> {
  const attempts = await Promise.allSettled(Array.from({ length: takers }, () => lockDataDir(dataDir)));
  for (const attempt of attempts) {
    if (attempt.status === "rejected") expect(attempt.reason).toBeInstanceOf(EmbeddedDatabaseHeld);
  }
  return attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
}

describe("a running holder", () => {
  test("a second taker is refused and told the holder's pid", async () => {
    await lockDataDir(dataDir);
    const second = lockDataDir(dataDir);
    await expect(second).rejects.toThrow(EmbeddedDatabaseHeld);
    await expect(second).rejects.toMatchObject({ pid: process.pid, dataDir });
  });

  test("a process of another program keeps its lock too", async () => {
    const other = spawn(process.execPath, ["--eval", "setInterval(() => undefined, 1000)"]);
    try {
      await once(other, "spawn");
      await leaveLock({ pid: other.pid ?? 0 });
      await expect(lockDataDir(dataDir)).rejects.toMatchObject({ pid: other.pid });
      expect((await readLock()).token).toBe("left behind");
    } finally {
      other.kill();
      await once(other, "exit");
    }
  });

  test("once released, the directory can be taken again and nothing is left in it", async () => {
    const release = await lockDataDir(dataDir);
    await release();
    await (await lockDataDir(dataDir))();
    expect(await readdir(dataDir)).toEqual([]);
  });

  test("of many that come at once, exactly one wins", async () => {
    for (let round = 0; round < 30; round += 1) {
      const releases = await winners(8);
      expect(releases).toHaveLength(1);
      await releases[0]?.();
    }
    expect(await readdir(dataDir)).toEqual([]);
  });

  test("a missing directory is made", async () => {
    await lockDataDir(join(dataDir, "deeper", "still"));
    expect(await readdir(join(dataDir, "deeper", "still"))).toEqual(["changqing.lock"]);
  });
});

describe("a lock left behind", () => {
  test("by a dead process is taken over", async () => {
    await leaveLock({ pid: await deadPid() });
    await lockDataDir(dataDir);
    expect((await readLock()).pid).toBe(process.pid);
    expect(await readdir(dataDir)).toEqual(["changqing.lock"]);
  });

  test.runIf(process.platform === "linux")(
    "by an earlier process with the same pid is taken over",
    async () => {
      await leaveLock({ startedAt: "1" });
      await lockDataDir(dataDir);
      expect((await readLock()).token).not.toBe("left behind");
    },
  );

  test("cut short by a power failure is taken over", async () => {
    await writeFile(lockFile, "");
    await lockDataDir(dataDir);
    expect((await readLock()).pid).toBe(process.pid);
  });

  test("is taken over by exactly one of many that come at once", async () => {
    const pid = await deadPid();
    for (let round = 0; round < 30; round += 1) {
      await leaveLock({ pid, token: `left behind ${round}` });
      const releases = await winners(8);
      expect(releases, `round ${round}`).toHaveLength(1);
      await releases[0]?.();
    }
    expect(await readdir(dataDir)).toEqual([]);
  });

  test("is taken over although an earlier successor died while taking it", async () => {
    const pid = await deadPid();
    await leaveLock({ pid });
    await writeFile(`${lockFile}.left behind`, JSON.stringify({ pid, startedAt: "", token: "died too" }));
    const releases = await winners(8);
    expect(releases).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(["changqing.lock"]);
  });
});

describe("release", () => {
  test("leaves a lock alone that is not its own any more", async () => {
    const release = await lockDataDir(dataDir);
    await leaveLock({ token: "someone else's" });
    await release();
    expect((await readLock()).token).toBe("someone else's");
  });

  test("may be called twice", async () => {
    const release = await lockDataDir(dataDir);
    await release();
    const second = await lockDataDir(dataDir);
    await release();
    await expect(lockDataDir(dataDir)).rejects.toThrow(EmbeddedDatabaseHeld);
    await second();
  });
});
