import { readdir, readFile } from "node:fs/promises";

/** Linux counts a process's time in hundredths of a second. */
const TICKS_A_SECOND = 100;

/** The fields of /proc behind the program's name, which itself may hold spaces; empty where there is none. */
async function statOf(pid: number | string): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function ticks(stat: readonly string[], ...fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum + Number(stat[field] ?? 0), 0) / TICKS_A_SECOND;
}

/** Processor seconds of one process so far. */
export async function processCpuSeconds(pid: number): Promise<number> {
  return ticks(await statOf(pid), 11, 12);
}

/** Processor seconds of a process and its children so far, of those that have ended too. */
export async function familyCpuSeconds(pid: number): Promise<number> {
  let seconds = ticks(await statOf(pid), 11, 12, 13, 14);
  for (const name of await readdir("/proc").catch(() => [])) {
    const stat = /^\d+$/.test(name) ? await statOf(name) : [];
    if (Number(stat[1]) === pid) seconds += ticks(stat, 11, 12);
  }
  return seconds;
}

/** The most memory a process has held at once, in MiB. */
export async function peakMebibytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
