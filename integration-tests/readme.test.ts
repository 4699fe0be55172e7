import { execFile, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

async function tourOf(readme: string): Promise<string> {
  const text = await readFile(`${root}${readme}`, "utf8");
  const tour = /<!-- tour -->\n```sh\n(.*?)\n```/s.exec(text)?.[1];
  if (!tour) throw new Error(`${readme} has no tour`);
  return tour;
}

/** Runs a script as it stands against a sandbox: its answers, one a line. */
async function run(sandbox: SandboxServer, script: string) {
  const { stdout } = await promisify(execFile)("bash", ["-e", "-c", script], {
    env: { ...process.env, API: sandbox.server.address },
    encoding: "utf8",
  });
  return stdout
    .trim()
    .split(/\n+/)
    .map((line) => JSON.parse(line));
}

describe("the README", () => {
  test.skipIf(!hasCurl).each(["README.md", "README.zh-CN.md"])(
    "%s: the five-minute tour works as it stands",
    async (readme) => {
      await using sandbox = await startSandbox({ clock: "2026-11-24T02:00:00Z" });
      const answers = await run(sandbox, await tourOf(readme));
      expect(answers).toHaveLength(3);
      const [status, completed, expiry] = answers;
      expect(status.data.pensionerStatus.notice.code).toBe("PAYMENT_SUSPENDED");
      expect(completed.data.certificationComplete).toMatchObject({
        certification: {
          state: "PASSED",
          validThrough: "2027-11-30",
          pensioner: {
            paymentStatus: {
              state: "PAYING",
              resumesMonth: "2026-12",
              backPayMonths: ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"],
            },
          },
        },
        userErrors: [],
      });
      expect(expiry.data.expiryCalendar[0]).toMatchObject({ month: "2026-11", outstanding: 1 });
      expect(expiry.data.expiringCertifications.nodes).toHaveLength(1);
    },
  );

  test.skipIf(!hasCurl)("the examples of the channels work after the tour, in their order", async () => {
    await using sandbox = await startSandbox({ clock: "2026-11-24T02:00:00Z" });
    const text = await readFile(`${root}README.md`, "utf8");
    const examples = [...text.matchAll(/<!-- example -->\n```sh\n(.*?)\n```/gs)].map(
      (match) => match[1] ?? "",
    );
    expect(examples).toHaveLength(5);
    const answers = await run(sandbox, [await tourOf("README.md"), ...examples].join("\n"));
    expect(answers).toHaveLength(3 + 7);
    for (const answer of answers) {
      expect(answer.errors, JSON.stringify(answer)).toBeUndefined();
      expect(JSON.stringify(answer)).not.toMatch(/"userErrors":\[\{/);
    }
    const told = JSON.stringify(answers.slice(3));
    for (const state of ["PASSED", "REVOKED", "COMPLETED"]) expect(told).toContain(`"state":"${state}"`);
  });

  test("names every setting, error code and user error code there is", async () => {
    const { errorCodes } = await import("../src/graphql/errors.js");
    const { refusals } = await import("../src/domain/refusals.js");
    const config = await readFile(`${root}src/config.ts`, "utf8");
    const settings = [...config.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)]
      .map((match) => match[1] ?? "")
      .filter((name) => name !== "NODE_ENV");
    const codes = [...Object.keys(errorCodes), ...Object.values(refusals).map((row) => row.code)];
    for (const readme of ["README.md", "README.zh-CN.md"]) {
      const text = await readFile(`${root}${readme}`, "utf8");
      expect([...settings, ...codes].filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
    }
  });
});
