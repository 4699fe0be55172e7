import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runRunJob } from "../src/commands/run-job-command.js";
import { readConfig } from "../src/config.js";
import { openStorage } from "../src/storage/open.js";
import { jobRun } from "../src/storage/tables.js";
import { recordCommand } from "./testkit/command-recorder.js";
import { type ImportEnvironment, newImportEnvironment } from "./testkit/import-environment.js";

let environment: ImportEnvironment;
const env = () => ({ ...environment.env, SANDBOX_CLOCK: "2026-06-15T02:00:00Z" });
const runJob = (...args: string[]) => recordCommand((output) => runRunJob(args, env(), output));

beforeAll(async () => {
  environment = await newImportEnvironment({ migrated: true });
});
afterAll(() => environment[Symbol.asyncDispose]());

describe("npm run cli -- run-job", () => {
  test("lists the jobs with when they are due", async () => {
    const { exitCode, stdout } = await runJob("--list");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^session-expiry +every 5 minutes +\S/m);
    expect(stdout).toMatch(/^retention +every day 03:30 +\S/m);
  });

  test("runs the period that was due last, says what it did, and the next time that it is done", async () => {
    const first = await runJob("audit-anchor");
    expect(first).toMatchObject({ exitCode: 0, stderr: "audit-anchor 2026-06-15\n" });
    expect(first.stdout).toMatch(
      /^job +audit-anchor\nperiod +2026-06-15\nresult +done\nanchors +1\nseconds +\d/,
    );
    expect(await runJob("audit-anchor", "--quiet")).toEqual({
      exitCode: 0,
      stdout: "audit-anchor 2026-06-15 is done already\n",
      stderr: "",
    });
    expect((await runJob("retention", "--period", "2026-06-14", "--quiet")).stdout).toContain("2026-06-14");
  });

  test("says when it is under way elsewhere", async () => {
    {
      await using database = await openStorage(readConfig(env()));
      await database.db.insert(jobRun).values({
        job: "retention",
        period: "2026-06-13",
        state: "RUNNING",
        epoch: 1,
        startedAt: new Date(),
        heardAt: new Date(Date.now() + 60_000),
      });
      if (database.kind === "embedded") return;
    }
    const { exitCode, stderr } = await runJob("retention", "--period", "2026-06-13", "--quiet");
    expect([exitCode, stderr]).toEqual([
      1,
      "run-job: retention 2026-06-13 is under way in another process; look again later\n",
    ]);
  });

  test("says so when the embedded database is held by a running service", async () => {
    await using database = await openStorage(readConfig(env()));
    if (database.kind !== "embedded") return;
    const { exitCode, stderr } = await runJob("retention");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^run-job: .*(in use|held|another process|running)/i);
  });

  test.each([
    [["nonsense"], /there is no job nonsense; there are: /],
    [["retention", "--month", "2026-06"], /2026-06 is no period of retention; one is 2026-06-15/],
    [
      ["retention", "--period", "2026-06-16"],
      /retention is not due for 2026-06-16 before 2026-06-16 03:30 Beijing/,
    ],
  ])("%j fails with a word", async (args, message) => {
    const { exitCode, stderr } = await runJob(...args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });

  test.each([
    [[]],
    [["retention", "more"]],
    [["retention", "--month", "2026-06", "--period", "2026-06"]],
    [["retention", "--fast"]],
    [["--list", "retention"]],
  ])("%j is no command", async (args) => {
    expect(await runJob(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^usage/) });
  });
});
