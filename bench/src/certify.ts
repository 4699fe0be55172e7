/**
 * certificationComplete through HTTP beside the statements of its transaction alone, alternating in one run on one
 * PostgreSQL. Build first; then: tsx src/certify.ts [--rounds 5] [--transactions 960]
 */
import { parseArgs } from "node:util";
import { type ListedPerson, openBenchRegister } from "./bench-register.js";
import type { ChildServer } from "./child-server.js";
import { completionLoad } from "./completion-load.js";
import { POOL_SIZE, startOurs } from "./contestants.js";
import { CONNECTIONS, type Round, runRound } from "./load.js";
import { type CompletionPreparer, openCompletionPreparer } from "./prepared-completions.js";
import type { Recording } from "./recording.js";
import { medianOf, renderTable } from "./rounds.js";
import { type StatementsOnly, startStatementsOnly } from "./statements-only.js";

const LIMIT = "limit: its statements alone";
const OURS = "Changqing";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    transactions: { type: "string", default: "960" },
  },
});
const rounds = Number(values.rounds);
/** As many on each connection. */
const transactions = Math.ceil(Number(values.transactions) / CONNECTIONS) * CONNECTIONS;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Persons of whom each certifies once. */
function takeFrom(people: readonly ListedPerson[]): (count: number) => readonly ListedPerson[] {
  let taken = 0;
  return (count) => {
    taken += count;
    return people.slice(taken - count, taken);
  };
}

/** What one transaction sends, a line a round trip. */
function describe(recording: Recording): string {
  const lines = recording.map(({ text }) => `  ${text.replace(/\s+/g, " ").trim().slice(0, 90)}`);
  return [`${recording.length} round trips a certification:`, ...lines].join("\n");
}

interface Contest {
  readonly server: ChildServer;
  readonly statements: StatementsOnly;
  readonly preparer: CompletionPreparer;
  readonly databasePid: number;
}

async function runBoth(contest: Contest, take: (count: number) => readonly ListedPerson[]) {
  const { server, statements, preparer, databasePid } = contest;
  const recordings = await preparer.record(take(transactions));
  const limit = await statements.run(recordings, databasePid);
  const load = await completionLoad(server, await preparer.prepare(take(transactions)));
  const ours = await runRound(load, databasePid, "each once");
  return { limit, ours, recordings };
}

// The first round warms up and is not counted.
const count = 2 * transactions * (rounds + 1);
print(`importing ${count} synthetic people`);
await using register = await openBenchRegister(count);
await using server = await startOurs(register, "strict");
await using preparer = await openCompletionPreparer(register);
await using statements = startStatementsOnly(register.url, POOL_SIZE);
const contest: Contest = { server, statements, preparer, databasePid: register.databasePid };
const take = takeFrom(register.people);
const limits: Round[] = [];
const ours: Round[] = [];
for (let number = 0; number <= rounds; number += 1) {
  const round = await runBoth(contest, take);
  if (number === 0) print(describe(round.recordings[0] ?? []));
  else {
    limits.push(round.limit);
    ours.push(round.ours);
  }
  const kind = number === 0 ? "warm-up" : `round ${number} of ${rounds}`;
  const [a, b] = [round.limit, round.ours].map((one) => Math.round(one.requestsPerSecond));
  print(`${kind}: statements alone ${a}/s, Changqing ${b}/s`);
}

print(`
certificationComplete, ${CONNECTIONS} connections, median of ${rounds} rounds of ${transactions}, each for another person.
The limit is a process that sends the recorded statements prepared, in as many round trips over as many database
connections, and nothing else; it stands in for pgbench, which does not come with the PostgreSQL of npm.
`);
print(
  renderTable(
    [
      { name: LIMIT, persons: 1, ...medianOf(limits) },
      { name: OURS, persons: 1, ...medianOf(ours) },
    ],
    LIMIT,
    "transactions/s",
  ),
);
