import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkNames } from "../../src/commands/doctor/finding.js";
import { errorCodes } from "../../src/graphql/errors.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, "utf8");
const unique = (words: Iterable<string | undefined>) =>
  [...new Set(words)].filter((word) => word !== undefined);
const found = (text: string, pattern: RegExp) => unique([...text.matchAll(pattern)].map((match) => match[1]));

const compose = read("deploy/compose.yaml").replace(/^\s*#.*$/gm, "");
const containerfile = read("deploy/Containerfile");
const guide = read("deploy/README.md");
const settings = found(read("src/config.ts"), /^ {2}([A-Z][A-Z_]+\d?[A-Z_]*): /gm);
const commands = found(read("src/cli.ts"), /case "([\w-]+)":/g);

/** What the images of others, not ours, are told. */
const foreign = /^(POSTGRES_\w+|PG[A-Z]+|SERVICE_PASSWORD)$/;

describe("compose.yaml", () => {
  test("sets only what the program reads", () => {
    const named = found(compose, /^ {2,6}([A-Z][A-Z0-9_]+):/gm).filter((name) => !foreign.test(name));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !settings.includes(name))).toEqual([]);
  });

  test("asks for exactly what env.example lists", () => {
    const asked = found(compose, /\$\{([A-Z_]+)/g);
    expect(found(read("deploy/env.example"), /^([A-Z_]+)=/gm).sort()).toEqual(asked.sort());
  });

  test("starts only what there is", () => {
    const started = [...compose.matchAll(/^ +command: (\[.*\])$/gm)].map(
      ([, list]) => JSON.parse(list ?? "") as string[],
    );
    expect(started).toHaveLength(4);
    for (const [program, command] of started) {
      expect(["dist/main.js", "dist/cli.js"]).toContain(program);
      if (program === "dist/cli.js") expect(commands).toContain(command);
    }
  });

  test("runs two serving processes beside a worker, each with every secret and volume that it defines", () => {
    expect(compose).toMatch(/^ {2}api:[\s\S]*?replicas: 2$/m);
    const [, below = ""] = compose.split(/^secrets:$/m);
    for (const name of found(below, /^ {2}([\w-]+):/gm))
      expect(compose.split(name).length).toBeGreaterThan(2);
  });
});

describe("the Containerfile", () => {
  test("copies what is there and nothing that is left out of the context", () => {
    const copied = [...containerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, paths]) => paths?.split(" ") ?? [],
    );
    expect(copied).toContain("drizzle");
    for (const path of copied) expect(existsSync(`${root}${path}`), path).toBe(true);
    const left = read(".dockerignore").split("\n");
    expect(copied.filter((path) => left.includes(path))).toEqual([]);
  });

  test("sets only what the program reads", () => {
    const set = found(containerfile.replace(/\\\n/g, ""), /\b([A-Z][A-Z_]+)=/g);
    expect(set).toContain("EVIDENCE_DIR");
    expect(set.filter((name) => !settings.includes(name))).toEqual([]);
  });

  test("is without root and on the Node that the package names", () => {
    expect(containerfile).toMatch(/^USER node$/m);
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: { node: string } };
    const [major] = dependencies.node.split(".");
    expect(found(containerfile, /^FROM docker\.io\/library\/node:(\S+)/gm)).toEqual([`${major}-slim`]);
  });
});

describe("what watches the service", () => {
  let sandbox: SandboxServer;
  let exported: readonly string[];

  beforeAll(async () => {
    sandbox = await startSandbox();
    exported = found(await (await fetch(`${sandbox.server.address}/metrics`)).text(), /^# TYPE (\w+) /gm);
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  const named = (text: string) =>
    found(text, /\b((?:changqing|process|nodejs)_\w+)/g).map((name) =>
      name.replace(/_(bucket|count|sum)$/, ""),
    );

  test.each(["deploy/alerts.yaml", "deploy/grafana-dashboard.json"])(
    "%s: every number is exported",
    (path) => {
      const numbers = unique(named(read(path)));
      expect(numbers.length).toBeGreaterThan(5);
      expect(numbers.filter((name) => !exported.includes(name))).toEqual([]);
    },
  );

  test("the guide lists every number of our own", () => {
    const listed = found(guide, /^\| `(changqing_\w+)`/gm);
    expect(listed.sort()).toEqual(exported.filter((name) => name.startsWith("changqing_")).sort());
  });

  test.each(["deploy/alerts.yaml", "deploy/grafana-dashboard.json"])(
    "%s: every code, job and route there is",
    async (path) => {
      const text = read(path).replaceAll('\\"', '"');
      const jobs = sandbox.app.jobHost.jobs.map(({ name }) => name);
      expect(found(text, /\bexported_job="([\w-]+)"/g).filter((job) => !jobs.includes(job))).toEqual([]);
      expect(found(text, /\bcode="(\w+)"/g).filter((code) => !(code in errorCodes))).toEqual([]);
      for (const route of found(text, /\broute="([^"]+)"/g))
        expect(sandbox.server.http.hasRoute({ method: "POST", url: route }), route).toBe(true);
    },
  );

  test("the image's health check asks a route that answers", async () => {
    const [path] = found(containerfile, /PORT\}(\/[\w/]+)/g);
    expect((await fetch(`${sandbox.server.address}${path}`)).status).toBe(200);
  });

  test("the guide explains every check of the doctor, in its order", () => {
    const table = guide.slice(guide.indexOf("## Doctor"), guide.indexOf("## Containers"));
    expect(found(table, /^\| `([\w-]+)`/gm)).toEqual(checkNames);
  });
});
