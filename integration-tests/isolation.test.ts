import "reflect-metadata";
import { getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { channelCodes } from "../src/domain/channels.js";
import { buildPlainSchema } from "../src/graphql/schema.js";
import { type Canary, plantCanary } from "./testkit/canaries.js";
import { fieldDecisions } from "./testkit/field-decisions.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { type Probe, probesOf } from "./testkit/schema-probes.js";

/**
 * Every channel has a person, a phone and records of its own. Each channel then asks for everything that the schema has,
 * with every id and cursor of the others; what it is told must hold nothing of theirs.
 */
const schema = buildPlainSchema();
let sandbox: SandboxServer;
let staff: GraphQLClient;
const canaries = new Map<string, Canary>();

beforeAll(async () => {
  sandbox = await startSandbox({
    clock: "2026-06-01T02:00:00Z",
    environment: { MISS_LIMIT: "100000", MISS_LIMIT_PER_HOUR: "100000" },
  });
  for (const code of channelCodes) canaries.set(code, await plantCanary(sandbox, code));
  staff = await sandbox.signIn("sandbox-staff");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

function canaryOf(code: string): Canary {
  const canary = canaries.get(code);
  if (!canary) throw new Error(`no canary of ${code}`);
  return canary;
}

/** A value in an answer that is not the audience's to have. */
function strayFields(value: unknown, allowed: (field: string) => boolean, path = "data"): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => strayFields(item, allowed, `${path}.${index}`));
  if (value === null || typeof value !== "object") return [];
  const { __typename: type, ...fields } = value as Record<string, unknown>;
  return Object.entries(fields).flatMap(([name, item]) => {
    const isGiven = item !== null && !(Array.isArray(item) && item.length === 0);
    const stray = typeof type === "string" && isGiven && !allowed(`${type}.${name}`);
    return [...(stray ? [`${path}.${type}.${name}`] : []), ...strayFields(item, allowed, `${path}.${name}`)];
  });
}

test("it is decided of every field of the schema who may be given it", () => {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith("__") && type.name !== "Query" && type.name !== "Mutation"
      ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
      : [],
  );
  expect([...fieldDecisions.keys()].sort()).toEqual(fields.sort());
});

test("every root field is asked", () => {
  const asked = new Set(
    probesOf(schema, canaryOf("ICBC_APP"), [canaryOf("HUAXIA_APP")]).map(({ field }) => field),
  );
  const all = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  );
  expect([...asked].sort()).toEqual(all.sort());
});

test("the canaries sing: to their own channel and to staff", async () => {
  for (const [code, canary] of canaries) {
    const told = [];
    for (const client of [canary.client, staff]) {
      for (const probe of probesOf(schema, canary, [canary]).filter(({ kind }) => kind === "query")) {
        told.push((await send(client, probe)).raw);
      }
    }
    const text = told.join("\n");
    for (const [what, secret] of Object.entries(canary.secrets)) {
      expect(text.includes(secret), `${code}'s ${what}`).toBe(true);
    }
  }
});

function send(client: GraphQLClient, { query, variables }: Probe) {
  return client.send<Record<string, unknown>>({ query, variables });
}

describe.each(channelCodes)("%s", (code) => {
  test("is told nothing of what the others did, whatever it asks", async () => {
    const own = canaryOf(code);
    const others = channelCodes.filter((other) => other !== code).map(canaryOf);
    const probes = probesOf(schema, own, others);
    for (const probe of probes) {
      const answer = await send(own.client, probe);
      for (const other of others) {
        for (const [what, secret] of Object.entries(other.secrets)) {
          // An id that was asked for may come back in no way either.
          expect(
            answer.raw.includes(secret),
            `${probe.field} tells ${other.code}'s ${what}: ${answer.raw}`,
          ).toBe(false);
        }
      }
      const stray = strayFields(answer.data, (field) => fieldDecisions.get(field) !== "staff");
      expect(stray, probe.query).toEqual([]);
    }
    expect(probes.length).toBeGreaterThan(20);
  });
});

test("an id of another's gets the answer of an id that never was", async () => {
  const own = canaryOf("ICBC_APP");
  const others = [canaryOf("HUAXIA_APP"), canaryOf("AGENCY_COUNTER"), canaryOf("STREET_SERVICE_CENTER")];
  const neverWas = { ...canaryOf("HUAXIA_APP"), ids: ["cert_0000", "sess_0000", "pen_0000", "visit_0000"] };
  const [asked, none] = [probesOf(schema, own, others), probesOf(schema, own, [neverWas])];
  const answersOf = async (probes: readonly Probe[]) => {
    const seen = new Map<string, Set<string>>();
    for (const probe of probes.filter(({ byId }) => byId)) {
      const { data, errors } = await send(own.client, probe);
      const answer = JSON.stringify({ data, codes: errors.map(({ extensions }) => extensions.code) });
      seen.set(probe.field, (seen.get(probe.field) ?? new Set()).add(answer));
    }
    return seen;
  };
  expect(await answersOf(asked)).toEqual(await answersOf(none));
});

test("no root field gives a type of which nothing is decided", () => {
  const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}),
  );
  const objects = roots.map((field) => getNamedType(field.type)).filter(isObjectType);
  for (const type of objects) {
    expect([...fieldDecisions.keys()].some((key) => key.startsWith(`${type.name}.`))).toBe(true);
  }
});
