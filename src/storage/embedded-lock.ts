import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The embedded database is held by another process; two openers would silently lose each other's rows. */
export class EmbeddedDatabaseHeld extends Error {
  override readonly name = "EmbeddedDatabaseHeld";

  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(
      `the embedded database in ${dataDir} is held by the running process ${pid}; stop it first, choose another DATA_DIR, or set DATABASE_URL`,
    );
  }
}

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same pid; empty where the system does not say. */
  readonly startedAt: string;
  readonly token: string;
}

const GUARD_STALE_MS = 10_000;

/** Takes the directory's lock or throws EmbeddedDatabaseHeld. Returns the release. */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "changqing.lock");
  const mine: Holder = { pid: process.pid, startedAt: await startTimeOf(process.pid), token: randomUUID() };
  if (!(await created(path, mine))) {
    await removeStale(path, dataDir);
    if (!(await created(path, mine))) throw new EmbeddedDatabaseHeld(dataDir, (await holderOf(path))?.pid ?? 0);
  }
  return async () => {
    if ((await holderOf(path))?.token === mine.token) await rm(path, { force: true });
  };
}

async function created(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Only the holder of the guard may take a dead process's lock away, or two successors could take each other's. */
async function removeStale(path: string, dataDir: string): Promise<void> {
  const guard = `${path}.steal`;
  const age = await stat(guard).then((s) => Date.now() - s.mtimeMs, () => 0);
  if (age > GUARD_STALE_MS) await rm(guard, { force: true });
  const holderBefore = await holderOf(path);
  if (holderBefore && (await isAlive(holderBefore))) throw new EmbeddedDatabaseHeld(dataDir, holderBefore.pid);
  if (!(await created(guard, { pid: process.pid, startedAt: "", token: randomUUID() }))) {
    throw new EmbeddedDatabaseHeld(dataDir, holderBefore?.pid ?? 0);
  }
  try {
    const holder = await holderOf(path);
    if (holder && (await isAlive(holder))) throw new EmbeddedDatabaseHeld(dataDir, holder.pid);
    await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function holderOf(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return null;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return holder.startedAt === "" || (await startTimeOf(holder.pid)) === holder.startedAt;
}

/** Field 22 of /proc/‹pid›/stat; empty on systems without /proc. */
async function startTimeOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
