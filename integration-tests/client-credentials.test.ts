import * as crypto from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SANDBOX_SECRET } from "../src/sandbox/sandbox-clients.js";
import { clientSecretIndex } from "../src/storage/channel-clients.js";
import { Sealing } from "../src/storage/sealing.js";
import { channelClient } from "../src/storage/tables.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { statementsOf } from "./testkit/statements.js";
import {
  basic,
  byAssertion,
  registerKeyClient,
  requestToken,
  signClientAssertion,
  type TokenAnswer,
} from "./testkit/token-requests.js";

vi.mock("node:crypto", async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});

const BANK = "sandbox-icbc-app";
const ISSUER = "http://changqing.test";

let sandbox: SandboxServer;
let address: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  address = sandbox.server.address;
  await registerKeyClient(sandbox, { id: "key-client" });
  await changed("sandbox-huaxia-app", { disabledAt: new Date() });
});

afterAll(() => sandbox[Symbol.asyncDispose]());

function changed(id: string, change: Partial<typeof channelClient.$inferInsert>) {
  return sandbox.app.database.db.update(channelClient).set(change).where(eq(channelClient.id, id));
}

/** What was done for an answer: hashes of secrets, comparisons, statements. */
async function workFor(ask: () => Promise<TokenAnswer>) {
  const index = vi.spyOn(Sealing.prototype, "indexUnder");
  const compare = vi.mocked(crypto.timingSafeEqual);
  compare.mockClear();
  let answer: TokenAnswer | undefined;
  const statements = await statementsOf(sandbox.app.database, async () => {
    answer = await ask();
  });
  const hashes = index.mock.calls.filter(([, purpose]) => purpose === "client-secret").length;
  index.mockRestore();
  return {
    answer: { status: answer?.status, raw: answer?.raw },
    work: { hashes, comparisons: compare.mock.calls.length, statements },
  };
}

describe("whoever is refused, the work is that of a wrong secret", () => {
  const ways = [
    ["basic", (id: string, secret: string) => requestToken(address, {}, basic(id, secret))],
    [
      "posted",
      (id: string, secret: string) => requestToken(address, { client_id: id, client_secret: secret }),
    ],
  ] as const;

  test.each(ways)("by a secret, %s", async (_, ask) => {
    const wrong = await workFor(() => ask(BANK, "wrong"));
    expect(wrong.answer.status).toBe(401);
    expect(wrong.work).toMatchObject({ hashes: 1, comparisons: 2, statements: { length: 1 } });
    for (const id of ["nobody", "sandbox-huaxia-app", "key-client", "(none)"])
      expect(await workFor(() => ask(id, SANDBOX_SECRET)), id).toEqual(wrong);
  });

  test("and of a right one too, but for the answer", async () => {
    const right = await workFor(() => requestToken(address, {}, basic(BANK, SANDBOX_SECRET)));
    expect(right.answer.status).toBe(200);
    expect(right.work).toMatchObject({ hashes: 1, comparisons: 2 });
  });

  test("by a key: a signature is checked also for a client that there is not", async () => {
    const key = await registerKeyClient(sandbox);
    const other = await registerKeyClient(sandbox);
    const verify = vi.spyOn(globalThis.crypto.subtle, "verify");
    const counts: number[] = [];
    const header = { kid: undefined };
    const asks = [
      () => signClientAssertion({ ...key, privateKey: other.privateKey }, ISSUER, { header }),
      () => signClientAssertion({ ...key, id: "nobody" }, ISSUER, { header }),
      () => signClientAssertion({ ...key, id: BANK }, ISSUER, { header }),
    ];
    for (const ask of asks) {
      verify.mockClear();
      const answer = await requestToken(address, byAssertion(await ask()));
      expect(answer.status).toBe(401);
      counts.push(verify.mock.calls.length);
    }
    verify.mockRestore();
    expect(counts).toEqual([1, 1, 1]);
  });
});

describe("two secrets at once", () => {
  const hour = 3_600_000;
  const ask = async (secret: string) => (await requestToken(address, {}, basic(BANK, secret))).status;
  const index = (secret: string) => clientSecretIndex(sandbox.app.sealing, BANK, secret);

  test("both are good until the overlap ends, then the new one alone", async () => {
    await changed(BANK, {
      secretIndex: index("new"),
      previousSecretIndex: index(SANDBOX_SECRET),
      previousSecretUntil: new Date(Date.now() + hour),
    });
    expect([await ask("new"), await ask(SANDBOX_SECRET), await ask("neither")]).toEqual([200, 200, 401]);
    const old = await workFor(() => requestToken(address, {}, basic(BANK, SANDBOX_SECRET)));
    expect(old.work).toMatchObject({ hashes: 1, comparisons: 2 });
    await changed(BANK, { previousSecretUntil: new Date(Date.now() - 1) });
    expect([await ask("new"), await ask(SANDBOX_SECRET)]).toEqual([200, 401]);
    await changed(BANK, { secretIndex: index(SANDBOX_SECRET), previousSecretIndex: null });
  });

  test("an index of zeros is no one's secret", async () => {
    await changed(BANK, {
      previousSecretIndex: Buffer.alloc(32),
      previousSecretUntil: new Date(Date.now() + hour),
    });
    expect(await ask("anything")).toBe(401);
  });
});
