import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type AttackedService,
  ISSUER,
  knownPerson,
  startAttackedService,
} from "../testkit/attacked-service.js";
import { readStatus } from "../testkit/certify.js";
import { base64url } from "../testkit/face-assertions.js";
import { expectGuarded } from "../testkit/guarded-answer.js";
import { expectRefusedAndClosed, listenTo, openSocket, sendRaw } from "../testkit/raw-http.js";

let service: AttackedService;

beforeAll(async () => {
  service = await startAttackedService();
});

afterAll(() => service[Symbol.asyncDispose]());
afterEach(() => service.expectUnharmed());

const GET = "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n";
const POST = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
const BOMB_BYTES = 100 * 1024 * 1024;

function signedIn(body: string): string {
  const bytes = Buffer.byteLength(body);
  return `${POST}Authorization: Bearer ${service.bank.token}\r\nContent-Length: ${bytes}\r\n\r\n${body}`;
}

describe("slow senders", () => {
  /** Sends the beginning, then a character at a time, until the server has had enough. */
  async function trickle(beginning: string, step: string) {
    const socket = openSocket(service.address);
    const ended = listenTo(socket, 20_000);
    socket.write(beginning);
    const timer = setInterval(() => socket.writable && socket.write(step), 250);
    const startedAt = performance.now();
    const answer = await ended;
    clearInterval(timer);
    return { ...answer, milliseconds: performance.now() - startedAt };
  }

  // Side by side, since each takes as long as its deadline.
  test.concurrent("a hundred that never finish their headers are ended with 408, and others are served", async () => {
    const slow = Array.from({ length: 100 }, () => trickle(GET, "X-A: b\r\n"));
    await sleep(1_000);
    expect((await readStatus(service.bank, knownPerson)).id).toMatch(/^pen_/);
    for (const answer of await Promise.all(slow)) {
      expectRefusedAndClosed(answer, 408);
      expect(answer.milliseconds).toBeLessThan(15_000);
    }
  });

  test.concurrent("a hundred that say nothing at all are ended", async () => {
    const silent = Array.from({ length: 100 }, () => listenTo(openSocket(service.address), 20_000));
    for (const answer of await Promise.all(silent)) expect(answer.closed).toBe(true);
  });

  test.concurrent.each([
    ["a body", POST],
    ["a body for a token", POST.replace("/graphql", "/oauth/token").replace("json", "x-www-form-urlencoded")],
  ])("%s that never comes to its end is given up", async (_, head) => {
    const authorization = head.includes("oauth") ? "" : `Authorization: Bearer ${service.bank.token}\r\n`;
    const answer = await trickle(`${head}${authorization}Content-Length: 10000\r\n\r\n`, " ");
    expect(answer).toMatchObject({ closed: true, statuses: [408] });
    expect(answer.text).not.toMatch(/\n\s+at |node_modules/);
  });

  test.concurrent("chunks that never come to their end are given up", async () => {
    const head = `${POST}Authorization: Bearer ${service.bank.token}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expectRefusedAndClosed(await trickle(head, "1\r\n \r\n"), 408);
  });
});

describe("too much at once", () => {
  test.each([
    ["a header of 20,000 characters", `${GET}X-A: ${"a".repeat(20_000)}\r\n\r\n`],
    ["a header's name of 20,000 characters", `${GET}${"a".repeat(20_000)}: b\r\n\r\n`],
    [
      "three thousand headers",
      `${GET}${Array.from({ length: 3_000 }, (_, n) => `X-${n}: b\r\n`).join("")}\r\n`,
    ],
    ["the same header over and over", `${GET}${"Cookie: a=b\r\n".repeat(2_000)}\r\n`],
    ["an address of 20,000 characters", `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`],
    ["a token of a million characters", `${GET}Authorization: Bearer ${"a".repeat(1_000_000)}\r\n\r\n`],
  ])("%s: 431", async (_, bytes) => {
    expectRefusedAndClosed(await sendRaw(service.address, bytes), 431);
  });

  test("a header without an end is cut off long before the sender is done", async () => {
    const socket = openSocket(service.address);
    const ended = listenTo(socket);
    socket.write(`${GET}X-A: `);
    let sent = 0;
    while (socket.writable && sent < BOMB_BYTES) {
      const chunk = "a".repeat(64 * 1024);
      if (!socket.write(chunk))
        await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => null);
      sent += chunk.length;
    }
    expect((await ended).closed).toBe(true);
    expect(sent).toBeLessThan(BOMB_BYTES);
  });

  test.each([256 * 1024 + 1, 1e9, Number.MAX_SAFE_INTEGER])(
    "a body that is said to have %d bytes: 413 before it comes",
    async (length) => {
      const bytes = `${POST}Authorization: Bearer ${service.bank.token}\r\nContent-Length: ${length}\r\n\r\n{`;
      expectRefusedAndClosed(await sendRaw(service.address, bytes), 413);
    },
  );

  test("a body without an end for a token is not kept", async () => {
    const socket = openSocket(service.address);
    const ended = listenTo(socket);
    socket.write(
      "POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
    );
    const chunk = `10000\r\n${"a".repeat(0x10000)}\r\n`;
    for (let sent = 0; socket.writable && sent < BOMB_BYTES; sent += chunk.length) {
      if (!socket.write(chunk))
        await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => null);
    }
    socket.end("0\r\n\r\n");
    const { text, closed } = await ended;
    expect(closed).toBe(true);
    if (text !== "") expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  test("two thousand requests in one breath on one connection are answered one by one", async () => {
    const body = JSON.stringify({ query: "{ viewer { kind } }" });
    const last = signedIn(body).replace("Host:", "Connection: close\r\nHost:");
    const answer = await sendRaw(service.address, signedIn(body).repeat(1_999) + last);
    expect(answer.statuses).toHaveLength(2_000);
    expect(new Set(answer.statuses)).toEqual(new Set([200]));
  });

  test("answers that no one reads are not heaped up", async () => {
    const body = JSON.stringify({
      query:
        "{ __schema { types { name description fields { name description args { name description } } } } }",
    });
    const sockets = Array.from({ length: 10 }, () => openSocket(service.address));
    for (const socket of sockets) {
      socket.on("error", () => undefined).pause();
      socket.write(signedIn(body).repeat(200));
    }
    await sleep(3_000);
    await service.expectUnharmed();
    for (const socket of sockets) socket.destroy();
  });

  test("five hundred connections that are torn in the middle of a body leave nothing behind", async () => {
    const half = signedIn(JSON.stringify({ query: "{ viewer { kind } }" })).slice(0, -10);
    await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const socket = openSocket(service.address).on("error", () => undefined);
        await once(socket, "connect");
        socket.write(half);
        await sleep(n % 10);
        socket.resetAndDestroy();
      }),
    );
  });

  test("five hundred requests that are left before their answer comes are served to the end without harm", async () => {
    const { name, document } = knownPerson;
    const body = JSON.stringify({
      query: "query($s: SubjectInput!) { pensionerStatus(subject: $s) { inScope } }",
      variables: { s: { name, document } },
    });
    await Promise.all(
      Array.from({ length: 500 }, async () => {
        const socket = openSocket(service.address).on("error", () => undefined);
        await once(socket, "connect");
        socket.write(signedIn(body), () => socket.resetAndDestroy());
      }),
    );
  });
});

describe("bodies that would unpack to a multiple of themselves", () => {
  const packed: readonly (readonly [string, (text: string) => Buffer])[] = [
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ];
  const bomb = `{"query":"{ viewer { name } }","padding":"${"0".repeat(10 * 1024 * 1024)}"}`;

  test.each(packed)("%s: 415", async (encoding, pack) => {
    const response = await fetch(`${service.address}/graphql`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${service.bank.token}`,
        "content-type": "application/json",
        "content-encoding": encoding,
        "accept-language": "en",
      },
      body: new Uint8Array(pack(bomb)),
    });
    const raw = await response.text();
    expect(response.status).toBe(415);
    expect(JSON.parse(raw)).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    expectGuarded(raw, "en");
  });

  test("packed twice, or in a way that is not known: 415", async () => {
    for (const encoding of ["gzip, gzip", "zstd", "compress", "GZIP"]) {
      const response = await fetch(`${service.address}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-encoding": encoding },
        body: "{}",
      });
      expect(response.status, encoding).toBe(415);
    }
  });

  test("a request for a token: 415", async () => {
    const response = await fetch(`${service.address}/oauth/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" },
      body: new Uint8Array(gzipSync(`grant_type=client_credentials&x=${"0".repeat(10 * 1024 * 1024)}`)),
    });
    expect(response.status).toBe(415);
  });

  test("a token that would unpack (JWE with zip)", async () => {
    const head = base64url({ alg: "dir", enc: "A256GCM", zip: "DEF", typ: "at+jwt", iss: ISSUER });
    const token = `${head}..${"A".repeat(16)}.${"A".repeat(4_000)}.${"A".repeat(22)}`;
    const response = await fetch(`${service.address}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(response.status).toBe(401);
  });
});
