import { readdir, readFile } from "node:fs/promises";

/** Linux counts a process's time in hundredths of a second. */
const MICROSECONDS_PER_TICK = 10_000;

/** Microseconds of processor time that these processes have used so far; not a number where the system does not tell. */
export async function cpuMicroseconds(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(ticksOf));
  return each.reduce((sum, ticks) => sum + ticks, 0) * MICROSECONDS_PER_TICK;
}

async function ticksOf(pid: number): Promise<number> {
  const fields = await statOf(pid);
  return fields ? Number(fields[11]) + Number(fields[12]) : Number.NaN;
}

/** The same of a process with its children, also of those that have ended. */
export async function familyCpuMicroseconds(pid: number): Promise<number> {
  const ended = await statOf(pid);
  const endedTicks = ended ? Number(ended[13]) + Number(ended[14]) : Number.NaN;
  return (await cpuMicroseconds(await processFamily(pid))) + endedTicks * MICROSECONDS_PER_TICK;
}

/** A process and its children, as they are now. */
export async function processFamily(pid: number): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  const candidates = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(candidates.map(async (one) => Number((await statOf(one))?.[1])));
  return [pid, ...candidates.filter((_, index) => parents[index] === pid)];
}

/** The fields behind the program's name, which itself may hold spaces: state, parent, … */
async function statOf(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}
