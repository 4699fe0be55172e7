import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
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

/** Stands for a lock that a power failure cut short: a running process writes its own whole. */
const unreadable: Holder = { pid: 0, startedAt: "", token: "unreadable" };

/** Takes the directory's lock or throws EmbeddedDatabaseHeld. Returns the release. */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "changqing.lock");
  const mine: Holder = { pid: process.pid, startedAt: await startTimeOf(process.pid), token: randomUUID() };
  const draft = `${path}.${mine.token}`;
  await writeFile(draft, JSON.stringify(mine), { flag: "wx", mode: 0o600, flush: true });
  try {
    const holder = await take(path, draft);
    if (holder) throw new EmbeddedDatabaseHeld(dataDir, holder.pid);
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    if ((await holderOf(path))?.token === mine.token) await rm(path, { force: true });
  };
}

/** Makes `path` ours and returns null, or returns who has it. */
async function take(path: string, draft: string): Promise<Holder | null> {
  if (await linked(draft, path)) return null;
  const holder = await holderOf(path);
  if (holder) {
    if (await isAlive(holder)) return holder;
    // Whoever holds this second lock, and nobody else, may take away the first one's dead holder: two successors that
    // both saw it could otherwise take away each other's.
    const successor = `${path}.${holder.token}`;
    const rival = await take(successor, draft);
    if (rival) return rival;
    if ((await holderOf(path))?.token === holder.token) await rm(path, { force: true });
    await rm(successor, { force: true });
  }
  return (await linked(draft, path)) ? null : ((await holderOf(path)) ?? unreadable);
}

/** Unlike opening a new file and writing to it, a link appears with its content. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function holderOf(path: string): Promise<Holder | null> {
  try {
    return parsed(await readFile(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function parsed(text: string): Holder {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return unreadable;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder === unreadable) return false;
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
