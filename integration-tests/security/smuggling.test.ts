import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AttackedService, startAttackedService } from "../testkit/attacked-service.js";
import { expectRefusedAndClosed, sendRaw } from "../testkit/raw-http.js";

/**
 * The security tests are a catalogue of attacks by family: smuggling, connections (slow, large, many), browsers,
 * documents, forged tokens, injection, enumeration and timing. After each one the process is alive, serves an honest
 * request and is no larger. What other files show already is not repeated here: forged access tokens
 * (access-tokens.test.ts), client assertions (tokens.test.ts) and face assertions (bad-evidence.test.ts), bodies and
 * documents that do not fit (bad-requests.test.ts), inputs (bad-input.test.ts), whose row it is (access.test.ts), error
 * texts (errors.test.ts), budgets (rate-limits.test.ts), what is shown of a person (masking.test.ts).
 */

let service: AttackedService;

beforeAll(async () => {
  service = await startAttackedService();
});

afterAll(() => service[Symbol.asyncDispose]());
afterEach(() => service.expectUnharmed());

const HEAD = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
const SMUGGLED = "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/** The request is refused and its connection ended, and the one hidden behind it is not served. */
async function expectNothingSmuggled(bytes: string, status = 400): Promise<void> {
  const answer = await sendRaw(service.address, bytes);
  expectRefusedAndClosed(answer, status);
  expect(answer.text).not.toContain('"status":"ok"');
}

test("the hidden request is one that would be served", async () => {
  const answer = await sendRaw(
    service.address,
    SMUGGLED.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
  );
  expect(answer.statuses).toEqual([200]);
  expect(answer.text).toContain('"status":"ok"');
});

describe("a length that two servers would read in two ways", () => {
  test.each([
    ["a length and chunks", `Content-Length: 5\r\n${CHUNKED}\r\n${LAST_CHUNK}`],
    ["chunks and a length", `${CHUNKED}Content-Length: 5\r\n\r\n${LAST_CHUNK}`],
    ["two lengths", `Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`],
    ["the same length twice", "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"],
    ["a list of lengths", "Content-Length: 0, 0\r\n\r\n"],
    ["a signed length", "Content-Length: +0\r\n\r\n"],
    ["a negative length", "Content-Length: -1\r\n\r\n"],
    ["a hexadecimal length", "Content-Length: 0x0\r\n\r\n"],
    ["a length beyond 64 bits", "Content-Length: 99999999999999999999999\r\n\r\n"],
    ["a blank before the colon", "Content-Length : 0\r\n\r\n"],
    ["a length by another name's line break", "X-Folded: a\r\n Content-Length: 0\r\n\r\n"],
  ])("%s", async (_, rest) => {
    await expectNothingSmuggled(HEAD + rest + SMUGGLED);
  });

  test("a length beyond what numbers can count", async () => {
    await expectNothingSmuggled(`${HEAD}Content-Length: 9007199254740993\r\n\r\n${SMUGGLED}`, 413);
  });
});

describe("an encoding that two servers would read in two ways", () => {
  test.each([
    ["chunked, then identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"],
    ["chunked twice", CHUNKED + CHUNKED],
    ["chunked, but not last", "Transfer-Encoding: chunked, identity\r\n"],
    ["almost chunked", "Transfer-Encoding: xchunked\r\n"],
    ["chunked after a vertical tab", "Transfer-Encoding: \vchunked\r\n"],
    ["chunked on a folded line", "Transfer-Encoding:\r\n chunked\r\n"],
    ["chunked after a compression", "Transfer-Encoding: gzip, chunked\r\n"],
  ])("%s", async (_, header) => {
    await expectNothingSmuggled(`${HEAD}${header}\r\n${LAST_CHUNK}${SMUGGLED}`);
  });

  test("chunks in HTTP/1.0, which has none", async () => {
    const head = HEAD.replace("HTTP/1.1", "HTTP/1.0");
    await expectNothingSmuggled(`${head}${CHUNKED}\r\n${LAST_CHUNK}${SMUGGLED}`);
  });
});

describe("chunks that are none", () => {
  test.each([
    ["a size beyond 64 bits", "FFFFFFFFFFFFFFFFF\r\n"],
    ["a size that wraps to zero", "10000000000000000\r\n\r\n"],
    ["a negative size", "-1\r\n\r\n"],
    ["a size with a prefix", "0x0\r\n\r\n"],
    ["bare line feeds", "1\nX\n0\n\n"],
    ["a chunk longer than its size", "1\r\nXYZ0\r\n\r\n"],
    ["a line feed in an extension", "1;a\nb\r\nX\r\n0\r\n\r\n"],
  ])("%s", async (_, chunks) => {
    await expectNothingSmuggled(`${HEAD}${CHUNKED}\r\n${chunks}${SMUGGLED}`);
  });

  test("an extension of 40,000 characters", async () => {
    await expectNothingSmuggled(
      `${HEAD}${CHUNKED}\r\n1;${"a".repeat(40_000)}\r\nX\r\n${LAST_CHUNK}${SMUGGLED}`,
    );
  });

  test("a trailer of 40,000 characters", async () => {
    await expectNothingSmuggled(`${HEAD}${CHUNKED}\r\n0\r\nX: ${"a".repeat(40_000)}\r\n\r\n${SMUGGLED}`, 431);
  });
});

describe("lines that do not end as lines do", () => {
  test.each([
    ["a bare line feed after a header", "X-A: b\nContent-Length: 0\r\n\r\n"],
    ["a bare carriage return in a header", "X-A: b\rContent-Length: 0\r\n\r\n"],
    ["U+0000 in a header", "X-A: b\0c\r\nContent-Length: 0\r\n\r\n"],
    ["a header without a name", ": b\r\nContent-Length: 0\r\n\r\n"],
    ["a header without a colon", "X-A\r\nContent-Length: 0\r\n\r\n"],
  ])("%s", async (_, rest) => {
    await expectNothingSmuggled(HEAD + rest + SMUGGLED);
  });

  test("bare line feeds alone", async () => {
    await expectNothingSmuggled(`POST /graphql HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 0\n\n${SMUGGLED}`);
  });
});

describe("a host that two servers would read in two ways", () => {
  test("two of them: 400", async () => {
    const answer = await sendRaw(
      service.address,
      "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
    );
    expectRefusedAndClosed(answer, 400);
  });

  test("none: 400", async () => {
    const answer = await sendRaw(service.address, "GET /health/live HTTP/1.1\r\n\r\n");
    expect(answer).toMatchObject({ statuses: [400], closed: true });
    expect(answer.text).not.toContain('"status":"ok"');
  });
});

describe("other protocols", () => {
  test.each<[string, string | Buffer]>([
    ["HTTP/2 without agreement", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a version that does not exist", "GET /health/live HTTP/3.7\r\nHost: 127.0.0.1\r\n\r\n"],
    ["a method that does not exist", "FOO /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["TLS", Buffer.from("16030100c8010000c403030000", "hex")],
    ["Redis", "*1\r\n$4\r\nPING\r\n"],
    ["SMTP", "EHLO elsewhere.example\r\nMAIL FROM:<a@elsewhere.example>\r\n"],
    ["noise", Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 167 + 129) % 256))],
  ])("%s: 400", async (_, bytes) => {
    expectRefusedAndClosed(await sendRaw(service.address, bytes), 400);
  });

  test("a tunnel (CONNECT) is not dug", async () => {
    const answer = await sendRaw(
      service.address,
      `CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n${SMUGGLED}`,
    );
    expect(answer).toEqual({ text: "", statuses: [], closed: true });
  });

  test.each(["websocket", "h2c", "TLS/1.0"])("no change to %s is made", async (protocol) => {
    const answer = await sendRaw(
      service.address,
      `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\n` +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    expectRefusedAndClosed(answer, 404);
    expect(answer.text).not.toMatch(/^(upgrade|sec-websocket-accept):/im);
  });

  test("nothing is smuggled behind a change of protocol", async () => {
    await expectNothingSmuggled(
      `${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
    );
  });

  test("an expectation that is not known is not met", async () => {
    const answer = await sendRaw(
      service.address,
      `${HEAD}Expect: 200-maybe\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(answer).toMatchObject({ statuses: [417], closed: true });
  });
});

describe("addresses that lead somewhere else when they are tidied up", () => {
  const get = (path: string) =>
    sendRaw(service.address, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);

  test.each([
    "/graphql/../health/live",
    "/graphql/%2e%2e/health/live",
    "/health%2flive",
    "/health/live/",
    "/health/live%00",
    "/health/live;a=b",
    "/health/./live",
    "//health/live",
    "/\\health\\live",
    "/HEALTH/LIVE",
    "/explorer/assets/../../../package.json",
    "/explorer/assets/..%2f..%2f..%2fpackage.json",
    "/explorer/assets/%2e%2e%2fpackage.json",
    "/explorer/assets/__proto__",
    "/explorer/assets/constructor",
    "*",
  ])("%s: 404", async (path) => {
    expectRefusedAndClosed(await get(path), 404);
  });

  test("a line break in an address adds no header", async () => {
    const answer = await get("/%0d%0aset-cookie:%20a=b%0d%0a%0d%0a<script>");
    expectRefusedAndClosed(answer, 404);
    expect(answer.text).not.toMatch(/set-cookie|<script>/i);
  });

  test.each(["TRACE", "PUT", "DELETE", "PROPFIND", "PURGE"])(
    "%s: 404, and nothing is echoed",
    async (method) => {
      const answer = await sendRaw(
        service.address,
        `${method} /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Marker: 5ea7bead\r\nConnection: close\r\n\r\n`,
      );
      expectRefusedAndClosed(answer, 404);
      expect(answer.text).not.toContain("5ea7bead");
    },
  );

  test.each(["x-http-method-override", "x-http-method", "x-method-override"])(
    "%s makes no POST of a GET",
    async (header) => {
      const response = await fetch(`${service.address}/graphql?query={viewer{name}}`, {
        headers: { authorization: `Bearer ${service.bank.token}`, [header]: "POST" },
      });
      expect(response.status).toBe(404);
    },
  );

  test.each(["x-original-url", "x-rewrite-url", "x-forwarded-prefix"])(
    "%s leads nowhere else",
    async (header) => {
      const response = await fetch(`${service.address}/nowhere`, { headers: { [header]: "/health/live" } });
      expect(response.status).toBe(404);
    },
  );
});
