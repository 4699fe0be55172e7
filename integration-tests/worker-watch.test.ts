import { afterAll, beforeAll, expect, test } from "vitest";
import { runWorker } from "../src/commands/worker-command.js";
import { startWatchServer } from "../src/health-route.js";
import { recordCommand } from "./testkit/command-recorder.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

test("a worker's port tells whether it lives and its numbers, and serves nothing else", async () => {
  const watch = await startWatchServer(sandbox.app, 0);
  const status = async (path: string) => (await fetch(`${watch.address}${path}`)).status;
  expect(await status("/health/live")).toBe(200);
  expect(await status("/health/ready")).toBe(200);
  expect(await (await fetch(`${watch.address}/metrics`)).text()).toContain("changqing_job_runs_total");
  for (const path of ["/", "/graphql", "/oauth/token", "/explorer"]) expect(await status(path)).toBe(404);
  await watch[Symbol.asyncDispose]();
  await expect(fetch(`${watch.address}/health/live`)).rejects.toThrow();
});

test.each([[["more"]], [["--listen"]], [["--listen", "port"]], [["--listen", "65536"]]])(
  "worker %j is no command",
  async (args) => {
    expect(await recordCommand((output) => runWorker(args, {}, output))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^usage: worker/),
    });
  },
);
