import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { checkedLookup, createWebhookSender, type LookUpAll } from "./webhook-sender.js";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, paths };
}

const message = { headers: { "webhook-id": "evt_1" }, body: "{}" };
const resolving =
  (...answers: readonly (readonly string[])[]): LookUpAll =>
  (_host, _options, callback) => {
    const [addresses = [], ...others] = answers;
    if (others.length > 0) answers = others;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };

test("a status is told, with what is asked for about the next time", async () => {
  const { port } = await listen((_, response) => response.writeHead(503, { "retry-after": "7" }).end("busy"));
  await using sender = createWebhookSender({ loopback: true });
  const outcome = await sender.send({ ...message, url: `http://127.0.0.1:${port}/hooks` });
  expect(outcome).toMatchObject({ status: 503, retryAfter: "7" });
});

test("a redirect is not followed, wherever it leads", async () => {
  const inside = await listen((_, response) => response.end());
  const { port } = await listen((_, response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/secret` }).end(),
  );
  await using sender = createWebhookSender({ loopback: true });
  const outcome = await sender.send({ ...message, url: `http://127.0.0.1:${port}/` });
  expect(outcome).toMatchObject({ status: 307 });
  expect(inside.paths).toEqual([]);
});

test.each([
  ["loopback", ["127.0.0.1"]],
  ["private", ["10.1.2.3"]],
  ["a cloud's metadata", ["169.254.169.254"]],
  ["mapped", ["::ffff:127.0.0.1"]],
  ["one of several", ["1.1.1.1", "192.168.0.1"]],
])("a name of an address that is %s is refused before anything connects", async (_, addresses) => {
  await using sender = createWebhookSender({ loopback: false, lookUp: resolving(addresses) });
  const outcome = await sender.send({ ...message, url: "https://hooks.example.com:8443/" });
  expect(outcome).toMatchObject({ failure: "ADDRESS_REFUSED" });
});

test.each(["http://127.0.0.1:1/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/"])(
  "production does not send to %s, even when it stands in the database",
  async (url) => {
    await using sender = createWebhookSender({ loopback: false });
    expect(await sender.send({ ...message, url })).toMatchObject({ failure: "ADDRESS_REFUSED" });
  },
);

test("a name that changes its address between look and connection gains nothing: there is one look, and its answer is used", async () => {
  let looks = 0;
  const rebinding = resolving(["1.1.1.1"], ["127.0.0.1"]);
  const lookup = checkedLookup(
    (...call) => {
      looks += 1;
      rebinding(...call);
    },
    { loopback: false },
  );
  const resolve = () =>
    new Promise((done) =>
      lookup("hooks.example.com", { all: true }, (error, addresses) => done(error ?? addresses)),
    );
  expect(await resolve()).toEqual([{ address: "1.1.1.1", family: 4 }]);
  expect(looks).toBe(1);
  expect(await resolve()).toBeInstanceOf(Error);

  const { port, paths } = await listen((_, response) => response.end());
  let asked = 0;
  const lookUp: LookUpAll = (...call) => {
    asked += 1;
    resolving(["127.0.0.1"])(...call);
  };
  await using sender = createWebhookSender({ loopback: true, lookUp });
  expect(await sender.send({ ...message, url: `http://localhost:${port}/` })).toMatchObject({ status: 200 });
  expect([asked, paths]).toEqual([1, ["/"]]);
});

test("one that does not answer in time is left", async () => {
  const { port } = await listen(() => undefined);
  await using sender = createWebhookSender({ loopback: true, timeoutMs: 100 });
  const outcome = await sender.send({ ...message, url: `http://127.0.0.1:${port}/` });
  expect(outcome).toMatchObject({ failure: "TIMEOUT" });
});

test("one that answers without end is left, and counts by its status", async () => {
  const { port } = await listen((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", more).on("error", () => undefined);
    more();
  });
  await using sender = createWebhookSender({ loopback: true, timeoutMs: 2_000 });
  const outcome = await sender.send({ ...message, url: `http://127.0.0.1:${port}/` });
  expect(outcome).toMatchObject({ status: 200 });
  expect(outcome.ms).toBeLessThan(1_500);
});

test("a refused connection and a name that is none are told apart", async () => {
  const { port } = await listen((_, response) => response.end());
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await using sender = createWebhookSender({
    loopback: true,
    lookUp: (host, _, callback) => callback(Object.assign(new Error(host), { code: "ENOTFOUND" }), []),
  });
  expect(await sender.send({ ...message, url: `http://127.0.0.1:${port}/` })).toMatchObject({
    failure: "CONNECTION",
  });
  expect(await sender.send({ ...message, url: "https://hooks.example.com/" })).toMatchObject({
    failure: "DNS",
  });
});
