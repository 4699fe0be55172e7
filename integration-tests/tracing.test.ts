import { type Attributes, type Span, type SpanStatus, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readStatus } from "./testkit/certify.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople, subjectOf } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

interface RecordedSpan {
  name: string;
  attributes: Attributes;
  status?: SpanStatus;
  ended: boolean;
}

/** All that a span was told. */
const recorded: RecordedSpan[] = [];

function startSpan(name: string, attributes: Attributes): Span {
  const seen: RecordedSpan = { name, attributes: { ...attributes }, ended: false };
  recorded.push(seen);
  const span = {
    updateName: (next: string) => {
      seen.name = next;
      return span;
    },
    setAttribute: (key: string, value: string) => {
      seen.attributes[key] = value;
      return span;
    },
    setStatus: (status: SpanStatus) => {
      seen.status = status;
      return span;
    },
    end: () => {
      seen.ended = true;
    },
  } as Span;
  return span;
}

const person = buildPerson({ lastCertifiedOn: "2025-08-11" });
let sandbox: SandboxServer;
let bank: GraphQLClient;

beforeAll(async () => {
  const startActiveSpan = (
    name: string,
    options: { attributes: Attributes },
    work: (span: Span) => unknown,
  ) => work(startSpan(name, options.attributes));
  trace.setGlobalTracerProvider({ getTracer: () => ({ startActiveSpan }) as never });
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
  await importPeople(sandbox.app, [person]);
  bank = await sandbox.signIn("ICBC_APP");
});
afterAll(async () => {
  trace.disable();
  await sandbox[Symbol.asyncDispose]();
});
beforeEach(() => {
  recorded.length = 0;
});

test("a request's GraphQL is a span by kind and root field, found again by its request id", async () => {
  await readStatus(bank, person);
  expect(recorded).toEqual([
    {
      name: "query pensionerStatus",
      attributes: {
        "changqing.request_id": expect.stringMatching(/^[0-9a-f-]{36}$/),
        "graphql.operation.type": "query",
      },
      ended: true,
    },
  ]);
});

test("nothing that a client chose or said is in it", async () => {
  const { number } = person.document;
  await bank.send({
    query: `query Of${number}($who: SubjectInput!) { a${number}: pensionerStatus(subject: $who) { inScope } viewer { now } }`,
    variables: { who: subjectOf(person) },
  });
  expect(recorded.map(({ name }) => name)).toEqual(["query pensionerStatus, viewer"]);
  expect(JSON.stringify(recorded)).not.toMatch(new RegExp(`${number}|${person.name}`));
});

test("a refusal says its code, and only what the service could not do is a fault", async () => {
  await bank.send({ query: "{ auditLog { x } }" });
  await bank.send({ query: "{ jobRuns(first: 1) { nodes { job } } }" });
  expect(recorded.map(({ attributes }) => attributes["changqing.error_code"])).toEqual([
    "GRAPHQL_VALIDATION_FAILED",
    "FORBIDDEN",
  ]);
  expect(recorded.filter(({ status }) => status?.code === SpanStatusCode.ERROR)).toEqual([]);
  expect(recorded.every(({ ended }) => ended)).toBe(true);
});
