import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { reachGateway } from "./reach-gateway.js";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

async function endpointOf(answer: RequestListener) {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const reach = (endpoint: string, withinMs = 2_000) =>
  reachGateway(
    {
      gateway: "aliyun",
      endpoint,
      accessKeyId: "id",
      accessKeySecret: "a-secret",
      signName: "sign",
      templateCode: "SMS_1",
    },
    withinMs,
  );

test("any answer says that Aliyun is there, and it is asked without account and without a message", async () => {
  const asked: unknown[] = [];
  const endpoint = await endpointOf((request, response) => {
    asked.push([request.method, request.url, request.headers.authorization]);
    response.writeHead(400).end();
  });
  expect(await reach(endpoint)).toEqual({ answers: true });
  expect(asked).toEqual([["HEAD", "/", undefined]]);
});

test("one that is silent or gone is told by a code", async () => {
  const silent = await endpointOf(() => undefined);
  expect(await reach(silent, 200)).toEqual({ answers: false, reason: expect.stringMatching(/TIMEOUT/) });
  expect(await reach("http://127.0.0.1:1")).toEqual({ answers: false, reason: "ECONNREFUSED" });
});
