import { test, expect } from "vitest";
import { startSandbox } from "./testkit/sandbox-server.js";
import { ViewerDocument } from "./testkit/gql/graphql.js";
test("time", async () => {
  const t0 = performance.now();
  await using sandbox = await startSandbox({ clock: "2026-06-02T02:00:00Z" });
  const t1 = performance.now();
  const c = await sandbox.signIn("JINGTONG_WECHAT");
  const t2 = performance.now();
  console.log(t1 - t0, t2 - t1, JSON.stringify(await c.request(ViewerDocument, {})));
  expect(1).toBe(1);
});
