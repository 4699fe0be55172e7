import { describe, expect, test } from "vitest";
import { RateLimited, RateLimits } from "../src/auth/rate-limits.js";
import { openTestDatabase } from "./testkit/database.js";
import { PensionerStatusDocument, ViewerDocument } from "./testkit/gql/graphql.js";
import { startSandbox } from "./testkit/sandbox-server.js";

const known = { name: "王建国", document: { type: "RESIDENT_ID" as const, number: "110108195203149011" } };
const unknown = { name: "王建国", document: { type: "RESIDENT_ID" as const, number: "440524188001010014" } };

const bank = { clientId: "bank" };
const rules = {
  cost: { capacity: 1_000, restoredPerSecond: 0.001 },
  misses: { capacity: 10, restoredPerSecond: 0.001 },
};

describe("a budget", () => {
  test("two processes share it: together they spend it once", async () => {
    await using database = await openTestDatabase();
    const processes = [new RateLimits(database.db, rules), new RateLimits(database.db, rules)];
    let spent = 0;
    for (let round = 0; round < 300; round += 1) {
      const outcomes = await Promise.allSettled(processes.map((limits) => limits.chargeCost(bank, 7)));
      spent += 7 * outcomes.filter((outcome) => outcome.status === "fulfilled").length;
    }
    expect(spent).toBeLessThanOrEqual(1_000);
    // What one process holds as its portion is all that can be left over.
    expect(spent).toBeGreaterThan(1_000 - 2 * 20 - 7);
  });

  test("simultaneous requests do not lose points to each other", async () => {
    await using database = await openTestDatabase();
    const limits = new RateLimits(database.db, rules);
    const outcomes = await Promise.allSettled(Array.from({ length: 400 }, () => limits.chargeCost(bank, 5)));
    const served = outcomes.filter((outcome) => outcome.status === "fulfilled").length;
    expect(served).toBeLessThanOrEqual(200);
    expect(served).toBeGreaterThan(0);
    let later = 0;
    while (
      await limits.chargeCost(bank, 5).then(
        () => true,
        () => false,
      )
    )
      later += 1;
    expect(served + later).toBe(200);
  });

  test("a burst that the budget holds is served whole", async () => {
    await using database = await openTestDatabase();
    const limits = new RateLimits(database.db, {
      ...rules,
      cost: { capacity: 10_000, restoredPerSecond: 1 },
    });
    await Promise.all(Array.from({ length: 2_000 }, () => limits.chargeCost(bank, 2)));
  });

  test("asking whether one may guess costs nothing, however long", async () => {
    await using database = await openTestDatabase();
    const limits = new RateLimits(database.db, rules);
    for (let second = 0; second < 4; second += 1) {
      for (let request = 0; request < 30; request += 1) await limits.refuseGuessing("bank", 1);
      await new Promise((resolve) => setTimeout(resolve, 1_010));
    }
    for (let miss = 0; miss < 10; miss += 1) await limits.chargeMisses("bank", 1);
    await expect(limits.refuseGuessing("bank", 1)).rejects.toThrow(RateLimited);
    await expect(limits.refuseGuessing("another bank", 10)).resolves.toBeUndefined();
  });

  test("comes back as time passes, up to its capacity", async () => {
    await using database = await openTestDatabase();
    const limits = new RateLimits(database.db, { ...rules, cost: { capacity: 100, restoredPerSecond: 50 } });
    await limits.chargeCost(bank, 100);
    await expect(limits.chargeCost(bank, 100)).rejects.toThrow(RateLimited);
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect((await limits.chargeCost(bank, 100)).remaining).toBeLessThan(100);
  });
});

describe("over HTTP", () => {
  test("the cost is stated, and refunded down to what was given", async () => {
    await using sandbox = await startSandbox();
    const bank = await sandbox.signIn("ICBC_APP");
    const answer = await bank.send<{ pensionerStatus: unknown }>({
      query: PensionerStatusDocument.toString(),
      variables: { subject: unknown },
    });
    const { extensions } = JSON.parse(answer.raw);
    expect(extensions.cost.actual).toBeLessThan(extensions.cost.requested);
    expect(extensions.cost.remaining).toBeLessThan(extensions.cost.limit);
  });

  test("a used-up budget is 429 with Retry-After, and other clients are served", async () => {
    await using sandbox = await startSandbox({
      environment: { RATE_LIMIT_POINTS: "40", RATE_LIMIT_POINTS_PER_SECOND: "1" },
    });
    const [bank, other] = await Promise.all([sandbox.signIn("ICBC_APP"), sandbox.signIn("HUAXIA_APP")]);
    let status = 200;
    let retryAfter: string | null = null;
    for (let request = 0; request < 60 && status === 200; request += 1) {
      const response = await fetch(`${sandbox.server.address}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${bank.token}`, "content-type": "application/json" },
        body: JSON.stringify({ query: ViewerDocument.toString() }),
      });
      expect(response.headers.get("ratelimit") ?? "refused").toBeTruthy();
      status = response.status;
      retryAfter = response.headers.get("retry-after");
      await response.text();
    }
    expect(status).toBe(429);
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect((await other.request(ViewerDocument, {})).viewer.sandbox).toBe(true);
  });

  test("reading a long document is paid for, whatever it gives", async () => {
    await using sandbox = await startSandbox();
    const bank = await sandbox.signIn("ICBC_APP");
    const cost = async (fields: number) => {
      const query = `{ viewer { ${"name ".repeat(fields - 1)} } }`;
      const { raw } = await bank.send({ query });
      return (JSON.parse(raw) as { extensions: { cost: unknown } }).extensions.cost;
    };
    expect(await cost(20)).toMatchObject({ requested: 2, actual: 2 });
    expect(await cost(401)).toMatchObject({ requested: 41, actual: 41 });
  });

  test("guessing numbers is stopped, and knowing people is not", async () => {
    await using sandbox = await startSandbox({ environment: { MISS_LIMIT: "5", MISS_LIMIT_PER_HOUR: "1" } });
    const [guesser, bank] = await Promise.all([sandbox.signIn("ICBC_APP"), sandbox.signIn("HUAXIA_APP")]);
    for (let guess = 0; guess < 5; guess += 1)
      await guesser.request(PensionerStatusDocument, { subject: unknown });
    const refused = await guesser.refused(PensionerStatusDocument, { subject: known });
    expect(refused.status).toBe(429);
    expect(refused.errors[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", retryable: true });
    for (let look = 0; look < 20; look += 1) {
      const { pensionerStatus } = await bank.request(PensionerStatusDocument, { subject: known });
      expect(pensionerStatus.inScope).toBe(true);
    }
  });
});
