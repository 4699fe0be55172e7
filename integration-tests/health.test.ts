import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { errorCodes } from "../src/graphql/errors.js";
import { PensionerStatusDocument } from "./testkit/gql/graphql.js";
import { expectGuarded } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople, subjectOf } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const person = buildPerson({ phone: "13911112222" });

let sandbox: SandboxServer;
let address: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  address = sandbox.server.address;
  await importPeople(sandbox.app, [person]);
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(`${address}${path}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const kind = () => inject("backend").kind;

describe("health", () => {
  test("live: the process answers", async () => {
    expect(await get("/health/live")).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });

  test("ready: the database answers, and how durable it is is said", async () => {
    const { status, text } = await get("/health/ready");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      status: kind() === "embedded" ? "degraded" : "ok",
      mode: "sandbox",
      database: kind(),
      durability: kind() === "embedded" ? expect.stringContaining("power cut") : expect.any(String),
    });
  });

  test("not ready while draining, but alive and serving", async () => {
    await using other = await startSandbox();
    const client = await other.signIn("ICBC_APP");
    other.server.drain();
    const ready = await fetch(`${other.server.address}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: "unavailable" });
    expect((await fetch(`${other.server.address}/health/live`)).status).toBe(200);
    const { pensionerStatus } = await client.request(PensionerStatusDocument, { subject: subjectOf(person) });
    expect(pensionerStatus.inScope).toBe(false);
  });

  test("not ready when the database does not answer, but alive", async () => {
    const other = await startSandbox();
    await other.app.database[Symbol.asyncDispose]();
    const ready = await fetch(`${other.server.address}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: "unavailable" });
    expect((await fetch(`${other.server.address}/health/live`)).status).toBe(200);
    await other.server[Symbol.asyncDispose]();
  });
});

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

function samplesOf(text: string): Sample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name = "", labels = ""] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
      return {
        name,
        labels: Object.fromEntries(
          [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
        ),
      };
    });
}

describe("metrics", () => {
  beforeAll(async () => {
    const client = await sandbox.signIn("ICBC_APP");
    await client.request(PensionerStatusDocument, { subject: subjectOf(person) });
    await client.send({ query: `{ n${person.document.number} }` });
    await client.send({
      query: '{ expiryCalendar(filter: {from: "2026-01", through: "2026-01"}) { month } }',
    });
    for (const path of [
      `/${person.document.number}`,
      `/health/${person.name}`,
      "/graphql?n=13911112222",
      "/%zz",
    ])
      await get(path);
    await get("/oauth/token", { method: "POST", body: new URLSearchParams({ client_id: person.name }) });
  });

  test("are Prometheus text", async () => {
    const { status, headers, text } = await get("/metrics");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain("# TYPE changqing_http_request_seconds histogram");
    expect(text).toContain("process_cpu_seconds_total");
  });

  test("have labels from closed lists", async () => {
    const routes = new Set([
      "/graphql",
      "/oauth/token",
      "/.well-known/jwks.json",
      "/health/live",
      "/health/ready",
      "/metrics",
      "unknown",
    ]);
    const own = samplesOf((await get("/metrics")).text).filter(({ name }) => name.startsWith("changqing_"));
    const requests = own.filter(({ name }) => name.startsWith("changqing_http_request_seconds"));
    expect(requests.length).toBeGreaterThan(0);
    for (const { labels } of requests) {
      expect(routes).toContain(labels["route"]);
      expect(labels["status"]).toMatch(/^[1-5]\d\d$/);
      expect(Object.keys(labels).filter((key) => !["route", "status", "le"].includes(key))).toEqual([]);
    }
    const errors = own.filter(({ name }) => name === "changqing_graphql_errors_total");
    expect(errors.map(({ labels }) => labels["code"]).sort()).toEqual([
      "FORBIDDEN",
      "GRAPHQL_VALIDATION_FAILED",
    ]);
    for (const { labels } of errors) expect(Object.keys(errorCodes)).toContain(labels["code"]);
  });

  test("count what was asked where no route is as one", async () => {
    const unknown = samplesOf((await get("/metrics")).text).filter(
      ({ labels }) => labels["route"] === "unknown",
    );
    expect(new Set(unknown.map(({ labels }) => labels["status"]))).toEqual(new Set(["404"]));
  });

  test("tell of the pool on PostgreSQL", async () => {
    const states = samplesOf((await get("/metrics")).text)
      .filter(({ name }) => name === "changqing_database_connections")
      .map(({ labels }) => labels["state"]);
    expect(states).toEqual(kind() === "postgresql" ? ["idle", "busy", "waited_for"] : []);
  });

  test("have nothing personal in them", async () => {
    const { text } = await get("/metrics");
    for (const secret of [
      person.name,
      encodeURIComponent(person.name),
      person.document.number,
      "13911112222",
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe("every answer", () => {
  test.each<[string, string, RequestInit]>([
    ["GraphQL", "/graphql", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }],
    [
      "a wrong body",
      "/graphql",
      { method: "POST", headers: { "content-type": "application/json" }, body: "{" },
    ],
    ["a token request", "/oauth/token", { method: "POST", body: new URLSearchParams() }],
    ["the keys", "/.well-known/jwks.json", {}],
    ["health", "/health/ready", {}],
    ["metrics", "/metrics", {}],
    ["an unknown path", "/nowhere", {}],
    ["a path that is none", "/%zz", {}],
  ])("%s: not to be kept, not to be guessed at, with a request id", async (_, path, init) => {
    const { headers } = await get(path, init);
    expect(headers.get("cache-control")).toContain("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(headers.get("server")).toBeNull();
    expect(headers.get("x-powered-by")).toBeNull();
  });

  test("has a request id of its own", async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, () =>
        get("/health/live").then(({ headers }) => headers.get("x-request-id")),
      ),
    );
    expect(new Set(ids).size).toBe(20);
  });

  test.each(["zh-CN", "en"] as const)("to an unknown path is coded (%s)", async (language) => {
    const { status, text } = await get(`/${person.document.number}`, {
      headers: { "accept-language": language },
    });
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT", retryable: false } }],
    });
    expectGuarded(text, language, [person.document.number]);
  });
});
