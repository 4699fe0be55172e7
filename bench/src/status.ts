/**
 * The status query beside others that answer the same from the same rows of the same PostgreSQL, alternating in one run.
 * Build first; then: tsx src/status.ts [--rounds 5] [--seconds 4] [--people 20000]
 */
import { parseArgs } from "node:util";
import { openField, oursBatch, oursSingle, startOurs } from "./contestants.js";
import { CONNECTIONS } from "./load.js";
import { bareBatch, bareSingle, mercuriusSingle, postgraphileSingle, startBare, startPeer } from "./peers.js";
import { alternate, type Plan, renderTable } from "./rounds.js";

const LIMIT = "limit: one select";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    people: { type: "string", default: "20000" },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);

print(`importing ${values.people} synthetic people`);
await using field = await openField(Number(values.people));
const { register } = field;
await using strict = await startOurs(register, "strict");
await using relaxed = await startOurs(register, "relaxed");
await using one = await startBare(field, 1);
await using two = await startBare(field, 2);
await using mercurius = await startPeer(field, "mercurius.ts");
await using postgraphile = await startPeer(field, "postgraphile.ts");

const plan: Plan = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  databasePid: register.databasePid,
  progress: print,
};
const singles = await alternate(
  [
    { name: LIMIT, load: bareSingle(field, one) },
    { name: "two selects", load: bareSingle(field, two) },
    { name: "Changqing, AUDIT=strict", load: await oursSingle(field, strict) },
    { name: "Changqing, AUDIT=relaxed", load: await oursSingle(field, relaxed) },
    { name: "Mercurius with JIT", load: mercuriusSingle(field, mercurius) },
    { name: "PostGraphile 5", load: postgraphileSingle(field, postgraphile) },
  ],
  plan,
);
print(`
Status of one person, ${CONNECTIONS} connections, median of ${plan.rounds} rounds of ${plan.seconds} s.
Only Changqing checks tokens, permissions and budgets, seals, and records each read.
`);
print(renderTable(singles, LIMIT, "requests/s"));

const batches = await alternate(
  [
    { name: LIMIT, load: bareBatch(field, one) },
    { name: "Changqing, AUDIT=strict", load: await oursBatch(field, strict) },
    { name: "Changqing, AUDIT=relaxed", load: await oursBatch(field, relaxed) },
  ],
  plan,
);
print("\nStatus of 100 persons a request.\n");
print(renderTable(batches, LIMIT, "persons/s"));
