import { type Load, type Round, runRound } from "./load.js";

export interface Entry {
  readonly name: string;
  readonly load: Load;
}

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly databasePid: number;
  /** Called with a line of progress. */
  readonly progress: (line: string) => void;
}

export interface Measurement extends Round {
  readonly name: string;
  readonly persons: number;
}

const WARM_UP_ROUNDS = 1;

/** Rounds of all entries in turn, A B C A B C …; the median of each entry's rounds, the first ones not counted. */
export async function alternate(entries: readonly Entry[], plan: Plan): Promise<Measurement[]> {
  for (const entry of entries) await checkAnswer(entry);
  const taken = entries.map((): Round[] => []);
  for (let number = 1 - WARM_UP_ROUNDS; number <= plan.rounds; number += 1) {
    for (const [position, { name, load }] of entries.entries()) {
      const round = await runRound(load, plan.databasePid, plan.seconds).catch((error: unknown) => {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
      });
      const kind = number < 1 ? "warm-up" : `round ${number} of ${plan.rounds}`;
      plan.progress(`${kind}: ${name} ${Math.round(round.requestsPerSecond)} requests/s`);
      if (number >= 1) taken[position]?.push(round);
    }
  }
  return entries.map(({ name, load: { persons } }, position) => ({
    name,
    persons,
    ...medianOf(taken[position] ?? []),
  }));
}

/** Says what came instead of a right answer, before thousands of them come. */
async function checkAnswer({ name, load }: Entry): Promise<void> {
  const [request] = load.requests;
  if (!request) throw new Error(`${name}: nothing to ask`);
  const { path, ...init } = request;
  const response = await fetch(load.origin + path, init);
  const body = await response.text();
  if (!response.ok || !load.isRight(body)) throw new Error(`${name}: ${response.status} ${body}`);
}

export function medianOf(rounds: readonly Round[]): Round {
  return {
    requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
    p50Ms: median(rounds.map((round) => round.p50Ms)),
    p99Ms: median(rounds.map((round) => round.p99Ms)),
    serverMicroseconds: median(rounds.map((round) => round.serverMicroseconds)),
    databaseMicroseconds: median(rounds.map((round) => round.databaseMicroseconds)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A Markdown table; ratios are to the entry that `limit` names. */
export function renderTable(
  measurements: readonly Measurement[],
  limit: string,
  unit: "requests/s" | "persons/s" | "transactions/s",
): string {
  const reference = measurements.find(({ name }) => name === limit);
  const header = ["", unit, "ratio", "p50 ms", "p99 ms", "server CPU µs", "database CPU µs"];
  const rows = measurements.map((one) => [
    one.name,
    Math.round(one.requestsPerSecond * one.persons).toString(),
    (one.requestsPerSecond / (reference?.requestsPerSecond ?? Number.NaN)).toFixed(2),
    one.p50Ms.toFixed(0),
    one.p99Ms.toFixed(0),
    microseconds(one.serverMicroseconds),
    microseconds(one.databaseMicroseconds),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => "-".repeat(width - (column === 0 ? 0 : 1)) + (column === 0 ? "" : ":")).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line), ""].join("\n");
}

/** Whole microseconds a request; a dash where the system does not count them. */
function microseconds(value: number): string {
  return Number.isFinite(value) ? value.toFixed(0) : "–";
}
