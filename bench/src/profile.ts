/**
 * Where our service spends its time under load: self time by module and by function. Build first; then:
 * tsx src/profile.ts [--audit relaxed] [--batch | --certify] [--seconds 6] [--warm-up 6] [--people 20000]
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ChildServer } from "./child-server.js";
import { completionLoad } from "./completion-load.js";
import { type Field, openField, oursBatch, oursSingle, startOurs } from "./contestants.js";
import { type Extent, type Load, runRound } from "./load.js";
import { openCompletionPreparer } from "./prepared-completions.js";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
}

interface Measured {
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
  /** Processor time a request in the server. */
  readonly serverMicroseconds: number;
}

const COMPLETIONS = 1_280;
const INTERVAL_MICROSECONDS = 200;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "6" },
    "warm-up": { type: "string", default: "6" },
    people: { type: "string", default: "20000" },
    audit: { type: "string", default: "strict" },
    batch: { type: "boolean", default: false },
    certify: { type: "boolean", default: false },
  },
});

/** Shares of the samples taken while it was measured, put on the processor time that the system counted. */
function report(profile: Profile, measured: Measured): string {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])),
  );
  const self = new Map<string, number>();
  const modules = new Map<string, number>();
  const inclusive = new Map<string, number>();
  const functionOf = (id: number) => {
    const { functionName, url, lineNumber } = nodes.get(id)?.callFrame ?? {
      functionName: "?",
      url: "",
      lineNumber: 0,
    };
    return `${functionName || "(anonymous)"} ${shortUrl(url)}:${lineNumber + 1}`;
  };
  let total = 0;
  let at = profile.startTime;
  for (const [position, id] of profile.samples.entries()) {
    const passed = profile.timeDeltas[position] ?? 0;
    at += passed;
    // While other processes have the processor no sample is taken: what is too long for an interval was not ours.
    const micros = Math.min(passed, 2 * INTERVAL_MICROSECONDS);
    if (at < measured.fromMicroseconds || at > measured.toMicroseconds) continue;
    const name = functionOf(id);
    if (name.startsWith("(idle)")) continue;
    total += micros;
    add(self, name, micros);
    add(modules, moduleOf(nodes.get(id)?.callFrame.url ?? "", name), micros);
    const seen = new Set<string>();
    for (let up: number | undefined = id; up !== undefined; up = parents.get(up)) seen.add(functionOf(up));
    for (const one of seen) add(inclusive, one, micros);
  }
  const lines = (title: string, map: Map<string, number>, limit: number) => [
    "",
    `${title} (µs a request, share)`,
    ...[...map]
      .sort(([, a], [, b]) => b - a)
      .slice(0, limit)
      .map(([name, micros]) => {
        const share = micros / total;
        const each = (share * measured.serverMicroseconds).toFixed(1);
        return `${each.padStart(8)} ${(100 * share).toFixed(1).padStart(5)}%  ${name}`;
      }),
  ];
  return [
    `${measured.serverMicroseconds.toFixed(0)} µs of processor time a request`,
    ...lines("by module, self time", modules, 40),
    ...lines("by function, self time", self, 70),
    ...lines("by function, with what it calls", inclusive, 120),
    "",
  ].join("\n");
}

function add(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

function shortUrl(url: string): string {
  const inside = url.split("/node_modules/");
  return (inside.length > 1 ? inside.at(-1) : url.split("/dist/").at(-1)) ?? url;
}

function moduleOf(url: string, name: string): string {
  if (url.includes("/node_modules/")) {
    const path = shortUrl(url).split("/");
    return path[0]?.startsWith("@") ? `${path[0]}/${path[1]}` : (path[0] ?? "");
  }
  if (url.includes("/dist/")) return `ours/${shortUrl(url).split("/")[0]}`;
  return url === "" ? `runtime ${name}` : url.split("/").slice(0, 2).join("/");
}

interface Work {
  readonly warmUp: Load;
  readonly load: Load;
  readonly extents: readonly [Extent, Extent];
}

async function work(field: Field, ours: ChildServer): Promise<Work> {
  if (values.certify) {
    await using preparer = await openCompletionPreparer(field.register);
    const { people } = field.register;
    const half = Math.min(COMPLETIONS, Math.floor(people.length / 2));
    const warmUp = await completionLoad(ours, await preparer.prepare(people.slice(0, half)));
    const load = await completionLoad(ours, await preparer.prepare(people.slice(half, 2 * half)));
    return { warmUp, load, extents: ["each once", "each once"] };
  }
  const load = values.batch ? await oursBatch(field, ours) : await oursSingle(field, ours);
  return { warmUp: load, load, extents: [Number(values["warm-up"]), Number(values.seconds)] };
}

const directory = await mkdtemp(join(tmpdir(), "changqing-profile-"));
try {
  await using field = await openField(Number(values.people));
  const { register } = field;
  const audit = values.audit === "relaxed" ? "relaxed" : "strict";
  let measured: Measured;
  {
    await using ours = await startOurs(register, audit, [
      "--cpu-prof",
      `--cpu-prof-interval=${INTERVAL_MICROSECONDS}`,
      `--cpu-prof-dir=${directory}`,
    ]);
    const { warmUp, load, extents } = await work(field, ours);
    await runRound(warmUp, register.databasePid, extents[0]);
    const fromMicroseconds = monotonicMicroseconds();
    const round = await runRound(load, register.databasePid, extents[1]);
    measured = { ...round, fromMicroseconds, toMicroseconds: monotonicMicroseconds() };
    process.stdout.write(`${JSON.stringify(round)}\n`);
  }
  for (const name of await readdir(directory)) {
    const profile = JSON.parse(await readFile(join(directory, name), "utf8")) as Profile;
    process.stdout.write(report(profile, measured));
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
