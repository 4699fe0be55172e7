/**
 * One write through HTTP beside the statements of its transaction, alternating in one run on one PostgreSQL: each round
 * certifies other people, and the first one warms up and is not counted.
 */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import type { ChannelActor } from "../../src/domain/actor.js";
import { type ChannelCode, channelOf } from "../../src/domain/channels.js";
import type { OperationContext } from "../../src/operations/operation.js";
import { sandboxClientId } from "../../src/sandbox/sandbox-clients.js";
import { SandboxClock } from "../../src/sandbox/sandbox-clock.js";
import { openPostgres } from "../../src/storage/database.js";
import { type BenchRegister, type ListedPerson, openBenchRegister } from "./bench-register.js";
import { POOL_SIZE, post, signIn, startOurs } from "./contestants.js";
import { type Round, runRound } from "./load.js";
import { type Recording, recordTransactions } from "./recording.js";
import { medianOf, renderTable } from "./rounds.js";
import { startStatementsOnly } from "./statements-only.js";

export interface OperationContest<I> {
  /** The mutation. */
  readonly name: string;
  readonly channel: ChannelCode;
  readonly personsEach: number;
  readonly connections: number;
  /** Of a round, unless the command line says otherwise. */
  readonly transactions: number;
  readonly inputOf: (people: readonly ListedPerson[]) => I;
  readonly work: (context: OperationContext<ChannelActor>, input: I) => Promise<unknown>;
  readonly mutation: string;
  readonly isRight: (body: string) => boolean;
  /** What is compared with: a name, and which of the recorded statements it sends. */
  readonly limits: readonly { readonly name: string; readonly sends: (text: string) => boolean }[];
  /** Before anyone is certified. */
  readonly prepare?: (register: BenchRegister) => Promise<void>;
}

const OURS = "Changqing";
const print = (line: string) => process.stdout.write(`${line}\n`);

export async function runContest<I>(contest: OperationContest<I>): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      transactions: { type: "string", default: String(contest.transactions) },
    },
  });
  const rounds = Number(values.rounds);
  const { connections } = contest;
  const transactions = Math.ceil(Number(values.transactions) / connections) * connections;
  const names = [...contest.limits.map(({ name }) => name), OURS];
  const count = names.length * transactions * contest.personsEach * (rounds + 1);
  print(`importing ${count} synthetic people`);
  await using register = await openBenchRegister(count);
  await contest.prepare?.(register);
  await using server = await startOurs(register, "strict");
  await using statements = startStatementsOnly(register.url, POOL_SIZE);
  const headers = await signIn(server.origin, sandboxClientId(contest.channel));
  const left = register.people.values();
  const nextInputs = () =>
    Array.from({ length: transactions }, () => contest.inputOf(Array.from(left.take(contest.personsEach))));
  const taken = new Map(names.map((name): [string, Round[]] => [name, []]));
  for (let number = 0; number <= rounds; number += 1) {
    const results: [string, Round][] = [];
    for (const { name, sends } of contest.limits) {
      const recordings = await record(contest, register, nextInputs());
      const kept = recordings.map((recording) =>
        recording.filter(({ text }) => isFrame(text) || sends(text)),
      );
      if (number === 0) print(describe(name, kept[0] ?? []));
      results.push([name, await statements.run(kept, register.databasePid, connections)]);
    }
    const requests = nextInputs().map((input) =>
      post("/graphql", headers, { query: contest.mutation, variables: { input } }),
    );
    const load = { ...server, persons: 1, requests, isRight: contest.isRight };
    results.push([OURS, await runRound(load, register.databasePid, "each once", connections)]);
    if (number > 0) for (const [name, round] of results) taken.get(name)?.push(round);
    const told = results.map(([name, { requestsPerSecond }]) => `${name} ${requestsPerSecond.toFixed(1)}/s`);
    print(`${number === 0 ? "warm-up" : `round ${number} of ${rounds}`}: ${told.join(", ")}`);
  }
  print(
    `\n${contest.name}, ${contest.personsEach} persons each, ${connections} connections, median of ${rounds} rounds of ${transactions}, nobody twice.\n`,
  );
  const measured = [...taken].map(([name, all]) => ({ name, persons: 1, ...medianOf(all) }));
  for (const { name } of contest.limits) print(renderTable(measured, name, "transactions/s"));
}

function isFrame(text: string): boolean {
  return text === "begin" || text === "commit";
}

function describe(name: string, recording: Recording): string {
  const lines = recording.map(({ text }) => `  ${text.replace(/\s+/g, " ").trim().slice(0, 100)}`);
  return [`${name}: ${recording.length} round trips`, ...lines].join("\n");
}

/** What the operation sends for each input; nothing is committed. */
async function record<I>(
  { channel, work }: OperationContest<I>,
  { url, sealing }: BenchRegister,
  inputs: readonly I[],
): Promise<Recording[]> {
  await using database = openPostgres({ url, poolSize: 1 });
  await using clock = await SandboxClock.open(database, undefined);
  const clientId = sandboxClientId(channelOf(channel).code);
  const actor: ChannelActor = {
    kind: "CHANNEL",
    channel,
    clientId,
    name: clientId,
    employerCode: null,
    districtCode: null,
    scopes: new Set(["certification:write"]),
  };
  const verifyFaceAssertion = async () => null;
  return await recordTransactions(url, inputs, async (recorder, input) => {
    const context = { database: recorder, sealing, verifyFaceAssertion, actor, now: clock.now() };
    await work({ ...context, requestId: randomUUID() }, input);
  });
}
