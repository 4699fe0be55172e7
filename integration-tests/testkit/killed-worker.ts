import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { and, eq } from "drizzle-orm";
import { SandboxClock } from "../../src/sandbox/sandbox-clock.js";
import type { Database } from "../../src/storage/database.js";
import { jobRun } from "../../src/storage/tables.js";

/** Where processes of the service work: what was built, and what they are told. */
export interface WorkPlace {
  /** What node is started with. */
  readonly commands: string;
  readonly env: Readonly<Record<string, string>>;
  /** The same database, to look at from outside. */
  readonly database: Database;
}

/** One run of a job, done by processes of its own. */
export interface Stage {
  readonly job: string;
  readonly period: string;
  /** What the sandbox's clock says when it begins. */
  readonly clock: string;
  /** Of the command line; one that ends when the run is done, or a worker that goes on. */
  readonly command: readonly string[];
}

type RunRow = typeof jobRun.$inferSelect;

/** Does the run in one process that nobody disturbs. Gives for how long it worked. */
export async function runUndisturbed(place: WorkPlace, stage: Stage): Promise<number> {
  await setClock(place.database, stage.clock);
  return (await runToItsEnd(place, stage)).workedMs;
}

export interface Kills {
  readonly times: number;
  /** For how long the run works when nobody disturbs it: each kill comes within its share of that. */
  readonly workedMs: number;
  /** Waited for before the kill of that number, counted from 0. */
  readonly settled?: (kill: number) => Promise<boolean>;
}

const CHUNKS_AT_MOST = 2;

/**
 * Kills the process that does the run, so many times, each while the run is under way, and then lets one finish it. Gives
 * the run as it stood after each kill.
 */
export async function runKilled(
  place: WorkPlace,
  stage: Stage,
  { times, workedMs, settled = async () => true }: Kills,
): Promise<readonly RunRow[]> {
  await setClock(place.database, stage.clock);
  const killed: RunRow[] = [];
  for (let kill = 0; kill < times; kill += 1) {
    using process = start(place, stage);
    const taken = await untilRow(place, stage, process, (run) => run.epoch > killed.length);
    while (!(await settled(kill))) await breathe(process);
    await untilSomeMoment(place, stage, process, taken, { kill, withinMs: workedMs / times });
    process.child.kill("SIGKILL");
    await process.ended;
    const left = await readRun(place, stage);
    if (left?.state !== "RUNNING" || left.epoch !== taken.epoch)
      throw new Error(`kill ${kill} of ${stage.job} came too late: ${JSON.stringify(left)}`);
    killed.push(left);
    await letTimePass(place.database);
  }
  await runToItsEnd(place, stage);
  return killed;
}

/**
 * Some time after it was taken, none the first time, and every other time not before the process has done something; not so
 * late that there would be nothing left to kill.
 */
async function untilSomeMoment(
  place: WorkPlace,
  stage: Stage,
  process: Running,
  taken: RunRow,
  { kill, withinMs }: { readonly kill: number; readonly withinMs: number },
): Promise<void> {
  const heard = new Set([taken.heardAt.getTime()]);
  const listen = async () => {
    const run = await untilRow(place, stage, process, () => true);
    heard.add(run.heardAt.getTime());
    await sleep(LOOK_AGAIN_MS);
  };
  while (kill % 2 === 1 && heard.size === 1) await listen();
  const endMs = performance.now() + (kill === 0 ? 0 : Math.random() * withinMs);
  while (performance.now() < endMs && heard.size <= CHUNKS_AT_MOST) await listen();
}

async function runToItsEnd(place: WorkPlace, stage: Stage): Promise<RunRow> {
  using process = start(place, stage);
  const done = await untilRow(place, stage, process, (run) => run.state === "DONE");
  process.child.kill("SIGTERM");
  await process.ended;
  return done;
}

/** Disposed of, it runs no longer, also when a test fails. */
interface Running extends Disposable {
  readonly child: ChildProcess;
  readonly text: { said: string };
  readonly ended: Promise<unknown>;
}

function start({ commands, env }: WorkPlace, { command }: Stage): Running {
  const child = spawn(process.execPath, [commands, ...command], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { said: "" };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => {
      text.said = (text.said + more).slice(-2_000);
    });
  return { child, text, ended: once(child, "close"), [Symbol.dispose]: () => child.kill("SIGKILL") };
}

const LOOK_AGAIN_MS = 3;

async function untilRow(
  place: WorkPlace,
  stage: Stage,
  process: Running,
  isSo: (run: RunRow) => boolean,
): Promise<RunRow> {
  for (;;) {
    // In this order: what ended after the row was read may have written it last.
    const hasEnded = process.child.exitCode !== null || process.child.signalCode !== null;
    const run = await readRun(place, stage);
    if (run && isSo(run)) return run;
    if (hasEnded) throw new Error(`${stage.command.join(" ")} has ended: ${process.text.said}`);
    await sleep(LOOK_AGAIN_MS);
  }
}

async function breathe({ child, text }: Running): Promise<void> {
  if (child.exitCode !== null) throw new Error(`it has ended: ${text.said}`);
  await sleep(LOOK_AGAIN_MS);
}

async function readRun({ database: { db } }: WorkPlace, { job, period }: Stage): Promise<RunRow | undefined> {
  const [run] = await db
    .select()
    .from(jobRun)
    .where(and(eq(jobRun.job, job), eq(jobRun.period, period)));
  return run;
}

/** As if the killed process had been silent for as long as a run must be to be taken over. */
async function letTimePass({ db }: Database): Promise<void> {
  await db
    .update(jobRun)
    .set({ heardAt: new Date(0) })
    .where(eq(jobRun.state, "RUNNING"));
}

async function setClock(database: Database, to: string): Promise<void> {
  using clock = await SandboxClock.open(database, undefined);
  await database.transact((tx) => clock.advance(tx, Temporal.Instant.from(to)));
}
