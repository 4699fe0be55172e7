import type { Request } from "autocannon";
import { type BenchRegister, type ListedPerson, openBenchRegister, SANDBOX_CLOCK } from "./bench-register.js";
import { type ChildServer, startChildServer } from "./child-server.js";
import type { Load } from "./load.js";
import { captureStatusStatement, type StatusStatement } from "./status-statement.js";

export interface Field {
  readonly register: BenchRegister;
  /** The SQL by which ours finds one person, and many. */
  readonly single: StatusStatement;
  readonly batch: StatusStatement;
}

export async function openField(people: number): Promise<Field & AsyncDisposable> {
  const register = await openBenchRegister(people);
  return {
    register,
    single: await captureStatusStatement(register.sealing, 1),
    batch: await captureStatusStatement(register.sealing, BATCH),
    [Symbol.asyncDispose]: () => register[Symbol.asyncDispose](),
  };
}

export const POOL_SIZE = 10;
export const BATCH = 100;
const PLENTY = "1000000000000";
const CLIENT = "sandbox-icbc-app";

const selection = `{ inScope notice { code message } pensioner {
  certificationStatus { state validThrough reminderMonths firstUnpaidMonth } paymentStatus { state } } }`;
export const statusQuery = `query PensionerStatus($subject: SubjectInput!) { pensionerStatus(subject: $subject) ${selection} }`;
const statusesQuery = `query PensionerStatuses($subjects: [SubjectInput!]!) { pensionerStatuses(subjects: $subjects) ${selection} }`;

/** Our service as it is built, with tokens, permissions, budgets and the access log. */
export async function startOurs(
  register: BenchRegister,
  audit: "strict" | "relaxed",
  nodeFlags: readonly string[] = [],
): Promise<ChildServer> {
  return startChildServer({
    program: "../dist/main.js",
    nodeFlags,
    environment: {
      MODE: "sandbox",
      NODE_ENV: "production",
      PORT: "0",
      PUBLIC_URL: "http://changqing.test",
      SANDBOX_CLOCK,
      DATABASE_URL: register.url,
      DATA_DIR: register.dataDir,
      POOL_SIZE: String(POOL_SIZE),
      AUDIT: audit,
      LOG_LEVEL: "warn",
      RATE_LIMIT_POINTS: PLENTY,
      RATE_LIMIT_POINTS_PER_SECOND: PLENTY,
      MISS_LIMIT: PLENTY,
      MISS_LIMIT_PER_HOUR: PLENTY,
    },
  });
}

/** The headers of a signed-in channel. */
export async function signIn(origin: string, client = CLIENT): Promise<Record<string, string>> {
  const response = await fetch(`${origin}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${client}:sandbox`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`no token: ${response.status} ${JSON.stringify(body)}`);
  return { authorization: `Bearer ${body.access_token}`, "content-type": "application/json" };
}

function subjectOf(person: ListedPerson) {
  return { name: person.name, document: { type: "RESIDENT_ID", number: person.number } };
}

export async function oursSingle(field: Field, server: ChildServer): Promise<Load> {
  const headers = await signIn(server.origin);
  return {
    origin: server.origin,
    pid: server.pid,
    persons: 1,
    requests: field.register.people.map((person) =>
      post("/graphql", headers, { query: statusQuery, variables: { subject: subjectOf(person) } }),
    ),
    isRight: (body) => body.includes('"inScope":true') && !body.includes('"errors"'),
  };
}

export async function oursBatch(field: Field, server: ChildServer): Promise<Load> {
  const headers = await signIn(server.origin);
  return {
    origin: server.origin,
    pid: server.pid,
    persons: BATCH,
    requests: batchesOf(field.register.people).map((people) =>
      post("/graphql", headers, { query: statusesQuery, variables: { subjects: people.map(subjectOf) } }),
    ),
    isRight: (body) => body.split('"inScope":true').length === BATCH + 1 && !body.includes('"errors"'),
  };
}

/** More batches than connections, each of other people. */
export function batchesOf(people: readonly ListedPerson[]): ListedPerson[][] {
  const count = Math.floor(people.length / BATCH);
  return Array.from({ length: count }, (_, index) => people.slice(index * BATCH, (index + 1) * BATCH));
}

export function post(path: string, headers: Readonly<Record<string, string>>, body: unknown): Request {
  return { method: "POST", path, headers, body: JSON.stringify(body) };
}
