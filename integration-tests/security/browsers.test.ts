import { request as httpRequest } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SANDBOX_SECRET } from "../../src/sandbox/sandbox-clients.js";
import { type AttackedService, startAttackedService } from "../testkit/attacked-service.js";
import { expectGuarded } from "../testkit/guarded-answer.js";
import { basic } from "../testkit/token-requests.js";

/** What a page of another site, open in the browser of someone who can reach the service, can make that browser send. */

let service: AttackedService;

beforeAll(async () => {
  service = await startAttackedService();
});

afterAll(() => service[Symbol.asyncDispose]());
afterEach(() => service.expectUnharmed());

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly raw: string;
}

/** fetch sets Host and Origin itself and sends no cookies by hand. */
function send(
  path: string,
  {
    method = "POST",
    headers = {},
    body = "",
  }: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<Received> {
  return new Promise((resolve, reject) => {
    httpRequest(`${service.address}${path}`, { method, headers }, (response) => {
      let raw = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        raw += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, raw }));
    })
      .on("error", reject)
      .end(body);
  });
}

function expectNothingGranted({ headers }: Received): void {
  const granted = Object.keys(headers).filter((name) => /^(access-control-|set-cookie)/.test(name));
  expect(granted).toEqual([]);
}

const VIEWER = '{"query":"{ viewer { name } }"}';
const json = { "content-type": "application/json" };
const elsewhere = ["https://elsewhere.example", "http://127.0.0.1.elsewhere.example", "null", "file://"];
const signedIn = () => ({ authorization: `Bearer ${service.bank.token}` });

describe("a page of another origin", () => {
  test.each(elsewhere)(
    "%s may send no token and no JSON: its preflights are granted nothing",
    async (origin) => {
      for (const path of [
        "/graphql",
        "/oauth/token",
        "/health/ready",
        "/metrics",
        "/explorer/settings.json",
      ]) {
        const answer = await send(path, {
          method: "OPTIONS",
          headers: {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
            "access-control-request-private-network": "true",
          },
        });
        expect(answer.status, path).toBe(404);
        expectNothingGranted(answer);
      }
    },
  );

  test.each(elsewhere)("%s cannot read an answer, even to a token that is right", async (origin) => {
    const answer = await send("/graphql", { headers: { origin, ...json, ...signedIn() }, body: VIEWER });
    expect(answer.status).toBe(200);
    expectNothingGranted(answer);
  });

  test.each([
    "text/plain",
    "text/plain;charset=application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "",
  ])("what it can send without asking (%s) is not executed", async (type) => {
    const answer = await send("/graphql", {
      headers: { origin: "https://elsewhere.example", "content-type": type, ...signedIn() },
      body: VIEWER,
    });
    expect([400, 415]).toContain(answer.status);
    expect(JSON.parse(answer.raw).data).toBeUndefined();
    expectGuarded(answer.raw, "zh-CN", [service.bank.token]);
    expectNothingGranted(answer);
  });

  test.each(elsewhere)("%s gets no token, though it knows a client and its secret", async (origin) => {
    const answer = await send("/oauth/token", {
      headers: {
        origin,
        "content-type": "application/x-www-form-urlencoded",
        ...basic("sandbox-icbc-app", SANDBOX_SECRET),
      },
      body: "grant_type=client_credentials",
    });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.raw)).not.toHaveProperty("access_token");
    expectNothingGranted(answer);
  });

  test("is not told either which clients there are, or whether a secret is right", async () => {
    const answers = [];
    for (const [client, secret] of [
      ["sandbox-icbc-app", SANDBOX_SECRET],
      ["sandbox-icbc-app", "wrong"],
      ["nobody", "wrong"],
    ] as const) {
      const answer = await send("/oauth/token", {
        headers: {
          origin: "https://elsewhere.example",
          "content-type": "application/x-www-form-urlencoded",
          ...basic(client, secret),
        },
        body: "grant_type=client_credentials",
      });
      expectNothingGranted(answer);
      answers.push(answer.raw);
    }
    expect(new Set(answers).size).toBe(1);
  });

  test("a page of the service's own may sign in to the sandbox: the Explorer does", async () => {
    const answer = await send("/oauth/token", {
      headers: {
        origin: service.address,
        "content-type": "application/x-www-form-urlencoded",
        ...basic("sandbox-icbc-app", SANDBOX_SECRET),
      },
      body: "grant_type=client_credentials",
    });
    expect(answer.status).toBe(200);
    expectNothingGranted(answer);
  });
});

describe("what a browser sends by itself", () => {
  test.each(["token", "access_token", "authorization", "session", "_session", "__Host-token"])(
    "a cookie named %s is no proof of anything",
    async (name) => {
      const cookie = `${name}=${service.bank.token}; ${name}=Bearer%20${service.bank.token}`;
      const answer = await send("/graphql", { headers: { cookie, ...json }, body: VIEWER });
      expect(answer.status).toBe(401);
      expectGuarded(answer.raw, "zh-CN", [service.bank.token]);
      expectNothingGranted(answer);
    },
  );

  test.each(["access_token", "token", "authorization"])("nor is an address with %s in it", async (name) => {
    const path = `/graphql?${name}=${encodeURIComponent(service.bank.token)}`;
    const answer = await send(path, { headers: json, body: VIEWER });
    expect(answer.status).toBe(401);
    expect(service.logLines().join("\n")).not.toContain(service.bank.token);
  });

  test("nor is a name and password that the browser remembers", async () => {
    const headers = { ...json, ...basic("sandbox-icbc-app", SANDBOX_SECRET) };
    const answer = await send("/graphql", { headers, body: VIEWER });
    expect(answer.status).toBe(401);
    // A challenge for Basic would make a browser ask for them.
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
  });

  test("nor are headers of a proxy that is not there", async () => {
    for (const name of [
      "x-forwarded-user",
      "x-client-id",
      "x-forwarded-client-cert",
      "x-authenticated-user",
    ]) {
      const answer = await send("/graphql", { headers: { ...json, [name]: "sandbox-staff" }, body: VIEWER });
      expect(answer.status).toBe(401);
    }
  });
});

describe("a page whose name was made to lead here (DNS rebinding)", () => {
  const host = "elsewhere.example:4000";

  test.each([
    ["GET", "/explorer", ""],
    ["GET", "/explorer/settings.json", ""],
    ["GET", "/metrics", ""],
    ["POST", "/graphql", VIEWER],
    ["POST", "/oauth/token", "grant_type=client_credentials"],
  ])("%s %s: 421", async (method, path, body) => {
    const type = path === "/oauth/token" ? "application/x-www-form-urlencoded" : "application/json";
    const answer = await send(path, {
      method,
      headers: { host, origin: `http://${host}`, "content-type": type, ...signedIn() },
      body,
    });
    expect(answer.status).toBe(421);
    expect(JSON.parse(answer.raw)).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    expectGuarded(answer.raw, "zh-CN", [SANDBOX_SECRET]);
    expectNothingGranted(answer);
  });

  test.each([
    "127.0.0.1.elsewhere.example",
    "localhost.elsewhere.example",
    "elsewhere.example#127.0.0.1",
    "127.0.0.1@elsewhere.example",
    "0x7f.1",
    "2130706433",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
  ])("a host that only looks like this machine (%s) is no better", async (name) => {
    const answer = await send("/health/live", { method: "GET", headers: { host: name } });
    expect([400, 421]).toContain(answer.status);
  });

  test("X-Forwarded-Host does not help", async () => {
    const answer = await send("/health/live", {
      method: "GET",
      headers: { host, "x-forwarded-host": "localhost" },
    });
    expect(answer.status).toBe(421);
  });

  test.each(["localhost:4000", "127.0.0.1", "[::1]:4000", "changqing.localhost", "changqing.test"])(
    "%s is this machine, or the address it is known under",
    async (name) => {
      expect((await send("/health/live", { method: "GET", headers: { host: name } })).status).toBe(200);
    },
  );
});

describe("a page that shows this one in a frame, or takes its answers for something else", () => {
  test("the Explorer may not be framed, and says where it was opened to no one", async () => {
    const { headers } = await send("/explorer", { method: "GET" });
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["referrer-policy"]).toBe("no-referrer");
  });

  test("no answer is taken for a script or a page, whatever is asked in it", async () => {
    const query = "{ viewer { name } } # <script>alert(1)</script>";
    for (const [path, body] of [
      ["/graphql", JSON.stringify({ query })],
      ["/graphql", "<script>alert(1)</script>"],
      ["/%3Cscript%3E", ""],
    ] as const) {
      const answer = await send(path, { headers: { ...json, accept: "*/*", ...signedIn() }, body });
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
      expect(answer.raw).not.toContain("<script>");
    }
  });

  test("no answer with a person in it is kept by the browser", async () => {
    const answer = await send("/graphql", { headers: { ...json, ...signedIn() }, body: VIEWER });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });
});
