import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ToldResult } from "../src/operations/line-results.js";
import { accessLog } from "../src/storage/tables.js";
import { buildItem, signInBoundEmployer } from "./testkit/employer.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded } from "./testkit/guarded-answer.js";
import { buildPeople, buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { countRows } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let portal: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
  portal = await sandbox.signIn("EMPLOYER");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function importEmployees(count: number, employerCode = "E1"): Promise<TestPerson[]> {
  const people = buildPeople(count, { employerCode, lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, people);
  return people;
}

const lineOf = (person: TestPerson) => JSON.stringify(buildItem(person));

interface Sent {
  readonly client?: GraphQLClient;
  readonly key?: string;
  readonly employerCode?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(body: string | Uint8Array<ArrayBuffer> | ReadableStream, sent: Sent = {}) {
  const { client = portal, key = randomUUID(), employerCode = "E1", headers = {} } = sent;
  const query = employerCode === null ? "" : `?employerCode=${encodeURIComponent(employerCode)}`;
  const response = await fetch(`${client.address}/employer-batches${query}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${client.token}`,
      "content-type": "application/x-ndjson",
      "idempotency-key": key,
      ...headers,
    },
    body,
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  } as RequestInit);
  const raw = await response.text();
  const ok = response.headers.get("content-type") === "application/x-ndjson";
  const results = ok
    ? raw
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as ToldResult)
    : [];
  return { status: response.status, raw, results };
}

function outcomesOf(results: readonly ToldResult[]): string[] {
  return results.map(({ outcome, errors }) =>
    outcome === "PENDING" ? outcome : `${outcome} ${errors[0]?.code}`,
  );
}

async function rows(): Promise<Record<string, number>> {
  const { accessLog: _, idempotencyKey: __, ...rest } = await countRows(sandbox.app.database.db);
  return rest;
}

describe("POST /employer-batches", () => {
  test("E4, E6 answers a line for each line, in order: under review, rejected or refused, and why", async () => {
    const [first, second, third, fourth] = await importEmployees(4);
    if (!first || !second || !third || !fourth) throw new Error("no one");
    const body = [
      lineOf(first),
      "",
      JSON.stringify(buildItem(second, { shows: ["FACE"] })),
      lineOf(buildPerson()),
      "{not json",
      '"a text"',
      JSON.stringify({ ...buildItem(third), more: 1 }),
      JSON.stringify({ subject: { name: third.name }, evidence: [] }),
      lineOf(first),
      JSON.stringify(buildItem(third, { capturedAt: "2026-03-01T00:00:00Z" })),
      JSON.stringify(buildItem(third, { capturedAt: "yesterday" })),
      `  ${lineOf(fourth)}\r`,
      "\u0000",
      "null",
    ].join("\n");
    const { status, results } = await send(body, { headers: { "accept-language": "en" } });
    expect(status).toBe(200);
    expect(results.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(outcomesOf(results)).toEqual([
      "PENDING",
      "REJECTED PHOTO_INCOMPLETE",
      "REFUSED NOT_IN_SCOPE",
      "REFUSED INVALID_INPUT",
      "REFUSED INVALID_INPUT",
      "REFUSED INVALID_INPUT",
      "REFUSED INVALID_INPUT",
      "REFUSED WRONG_STATE",
      "REFUSED EVIDENCE_REJECTED",
      "REFUSED INVALID_INPUT",
      "PENDING",
      "REFUSED INVALID_INPUT",
      "REFUSED INVALID_INPUT",
    ]);
    for (const { outcome, certificationId } of results)
      expect(certificationId !== null).toBe(outcome === "PENDING" || outcome === "REJECTED");
    expect(results[1]?.errors[0]).toMatchObject({
      message: "The photo must show the face, the time and the document.",
    });
    expect(results[8]?.errors[0]?.path).toEqual(["evidence", "2", "document", "capturedAt"]);
    expect(results[6]?.errors[0]?.path).toEqual(["subject"]);
    const secrets = [first, second, third, fourth].flatMap(({ name, document }) => [name, document.number]);
    for (const result of results) expectGuarded(JSON.stringify(result), "en", secrets);
    const staff = await sandbox.signIn("sandbox-staff");
    const { data } = await staff.send<{ certification: unknown }>({
      query: "query($id: ID!) { certification(id: $id) { state employerCode channel { code } reviewDueOn } }",
      variables: { id: results[0]?.certificationId },
    });
    expect(data?.certification).toEqual({
      state: "PENDING",
      employerCode: "E1",
      channel: { code: "EMPLOYER" },
      reviewDueOn: "2026-05-27",
    });
  });

  test("sent again with its key it gives the same results and no second effect, line by line", async () => {
    const people = await importEmployees(450);
    const key = randomUUID();
    const lines = [...people.slice(0, 300), buildPerson()].map(lineOf);
    const first = await send(lines.join("\n"), { key });
    expect(first.results.filter(({ outcome }) => outcome === "PENDING")).toHaveLength(300);
    const before = await rows();
    expect((await send(lines.join("\n"), { key })).results).toEqual(first.results);
    expect(await rows()).toEqual(before);
    // More lines may follow what is known; a line that has become another one is told of.
    const longer = [...lines, ...people.slice(300).map(lineOf)].with(1, lineOf(buildPerson()));
    const { results } = await send(longer.join("\n"), { key });
    expect(outcomesOf(results.slice(1, 2))).toEqual(["FAILED IDEMPOTENCY_KEY_REUSED"]);
    expect(results.slice(2, 301)).toEqual(first.results.slice(2));
    expect(outcomesOf(results.slice(301))).toEqual(Array(150).fill("PENDING"));
  });

  test("results come back while lines are still being sent", async () => {
    const people = await importEmployees(201);
    const socket = connect(Number(new URL(portal.address).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      answer += text;
    });
    const chunk = (text: string) => socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    socket.write(
      `POST /employer-batches?employerCode=E1 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${portal.token}\r\n` +
        `Content-Type: application/x-ndjson\r\nIdempotency-Key: ${randomUUID()}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (const person of people.slice(0, 200)) chunk(`${lineOf(person)}\n`);
    while (!answer.includes('"line":200,')) await sleep(20);
    expect(answer).not.toContain('"line":201,');
    chunk(`${lineOf(people[200] ?? buildPerson())}\n`);
    socket.write("0\r\n\r\n");
    while (!answer.includes('"line":201,')) await sleep(20);
    socket.destroy();
  });

  test("whoever breaks off loses nothing: what was answered stands, and the key goes on", async () => {
    const people = await importEmployees(250);
    const key = randomUUID();
    const lines = people.map((person) => `${lineOf(person)}\n`);
    const broken = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode(lines.slice(0, 230).join("")));
        await sleep(300);
        controller.error(new Error("gone"));
      },
    });
    await expect(send(broken, { key })).rejects.toThrow();
    expect((await fetch(`${portal.address}/health/live`)).status).toBe(200);
    const { results } = await send(lines.join(""), { key });
    expect(outcomesOf(results)).toEqual(Array(250).fill("PENDING"));
    expect(new Set(results.map(({ certificationId }) => certificationId)).size).toBe(250);
  });

  test("a line of more than 64 KB and one that is no UTF-8 are refused alone", async () => {
    const [person] = await importEmployees(1);
    if (!person) throw new Error("no one");
    const body = Buffer.concat([
      Buffer.from(`${" ".repeat(70_000)}{}\n`),
      Buffer.of(0xd5, 0xc5, 0x0a),
      Buffer.from(lineOf(person)),
    ]);
    const { results } = await send(new Uint8Array(body));
    expect(outcomesOf(results)).toEqual(["REFUSED INVALID_INPUT", "REFUSED INVALID_INPUT", "PENDING"]);
  });

  test("takes 100,000 lines and not one more", async () => {
    const line = "{}\n";
    const { status, results } = await send(line.repeat(100_002));
    expect(status).toBe(200);
    expect(results).toHaveLength(100_001);
    expect(results.at(-1)).toMatchObject({
      line: 100_001,
      outcome: "REFUSED",
      errors: [{ code: "INVALID_INPUT" }],
    });
    expect(results.at(-1)?.errors[0]?.message).toContain("100,000");
  });

  test("nothing gives nothing", async () => {
    expect(await send("")).toEqual({ status: 200, raw: "", results: [] });
    expect((await send("\n\n")).results).toEqual([]);
  });

  test("reads are recorded of those who are told of", async () => {
    const [own] = await importEmployees(1);
    const [other] = await importEmployees(1, "E2");
    if (!own || !other) throw new Error("no one");
    const log = () => sandbox.app.database.db.select().from(accessLog);
    const before = (await log()).length;
    const { results } = await send([lineOf(own), lineOf(other)].join("\n"));
    expect(outcomesOf(results)).toEqual(["PENDING", "REFUSED NOT_IN_SCOPE"]);
    const reads = (await log()).slice(before);
    expect(reads.map(({ operation, clientId }) => [operation, clientId])).toEqual([
      ["employerBatchLine", "sandbox-employer"],
    ]);
  });
});

describe("who and how", () => {
  test.each<[string, Sent, number, string]>([
    ["without a key", { headers: { "idempotency-key": "" } }, 400, "BAD_USER_INPUT"],
    ["with a key that is none", { headers: { "idempotency-key": "a key" } }, 400, "BAD_USER_INPUT"],
    ["for no employer", { employerCode: null }, 400, "BAD_USER_INPUT"],
    ["for an employer that cannot be", { employerCode: "海淀" }, 400, "BAD_USER_INPUT"],
    ["as JSON", { headers: { "content-type": "application/json" } }, 415, "BAD_USER_INPUT"],
    ["without a token", { headers: { authorization: "" } }, 401, "UNAUTHENTICATED"],
  ])("%s: refused", async (_, sent, status, code) => {
    const before = await rows();
    const [person] = await importEmployees(1);
    const after = await rows();
    const answer = await send(lineOf(person ?? buildPerson()), sent);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.raw)).toMatchObject({ errors: [{ extensions: { code } }] });
    expectGuarded(answer.raw, "zh-CN");
    expect(await rows()).toEqual(after);
    expect(after["certification"]).toBe(before["certification"]);
  });

  test.each(["ICBC_APP", "DATA_MATCH", "sandbox-staff"])("%s: FORBIDDEN", async (id) => {
    const answer = await send(lineOf(buildPerson()), { client: await sandbox.signIn(id) });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.raw)).toMatchObject({ errors: [{ extensions: { code: "FORBIDDEN" } }] });
  });

  test("a client of one employer sends for it without saying so, and for no other", async () => {
    const [own] = await importEmployees(1, "E3");
    const client = await signInBoundEmployer(sandbox, "E3");
    const body = lineOf(own ?? buildPerson());
    expect(outcomesOf((await send(body, { client, employerCode: null })).results)).toEqual(["PENDING"]);
    expect((await send(body, { client, employerCode: "E1" })).status).toBe(404);
  });

  test("who names too many that no one knows is not answered further, and each line says so", async () => {
    await using guarded = await startSandbox({
      clock: "2026-05-12T02:00:00Z",
      environment: { MISS_LIMIT: "300", MISS_LIMIT_PER_HOUR: "1" },
    });
    const client = await guarded.signIn("EMPLOYER");
    const { results } = await send(buildPeople(500).map(lineOf).join("\n"), { client });
    const outcomes = outcomesOf(results);
    expect(outcomes.slice(0, 200)).toEqual(Array(200).fill("REFUSED NOT_IN_SCOPE"));
    expect(outcomes.slice(200)).toEqual(Array(300).fill("FAILED RATE_LIMITED"));
  });
});

test("the same subject by the mutation and by a line: one is under review", async () => {
  const [person] = await importEmployees(1);
  if (!person) throw new Error("no one");
  await send(lineOf(person));
  const { data } = await portal.send<Record<string, { results: { userErrors: { code: string }[] }[] }>>({
    query: `mutation($input: EmployerCertificationsSubmitInput!) {
      employerCertificationsSubmit(input: $input) { results { userErrors { code } } } }`,
    variables: {
      input: {
        idempotencyKey: randomUUID(),
        employerCode: "E1",
        items: [{ subject: subjectOf(person), evidence: buildItem(person).evidence }],
      },
    },
  });
  expect(data?.["employerCertificationsSubmit"]?.results[0]?.userErrors).toEqual([{ code: "WRONG_STATE" }]);
});
