import { afterAll, beforeAll, expect, test } from "vitest";
import { runMigrate } from "../src/commands/migrate-command.js";
import { recordCommand } from "./testkit/command-recorder.js";
import { type ImportEnvironment, newImportEnvironment } from "./testkit/import-environment.js";

let environment: ImportEnvironment;
beforeAll(async () => {
  environment = await newImportEnvironment();
});
afterAll(() => environment[Symbol.asyncDispose]());

const migrate = (args: readonly string[] = [], env: Readonly<Record<string, string>> = environment.env) =>
  recordCommand((output) => runMigrate(args, env, output));

test("npm run cli -- migrate makes the tables, and finds them made", async () => {
  const made = { exitCode: 0, stdout: expect.stringMatching(/^the schema is up to date: \d+ migrations\n$/) };
  expect(await migrate()).toMatchObject(made);
  expect(await migrate()).toMatchObject(made);
});

test("it says what keeps it from doing so", async () => {
  expect(await migrate([], { DATABASE_URL: "postgresql://x:secret@127.0.0.1:1/x" })).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringMatching(/^migrate: production needs KEYS_FILE/),
  });
  const down = { MODE: "sandbox", DATABASE_URL: "postgresql://x:secret@127.0.0.1:1/x" };
  expect((await migrate([], down)).stderr).toMatch(/^migrate: the database cannot be reached/);
  expect(await migrate(["now"])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^usage: migrate/),
  });
});
