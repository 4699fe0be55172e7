import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL(".", import.meta.url));
const files = globSync("**/*.ts", { cwd: root }).sort();
const sources = files.filter((file) => !file.endsWith(".test.ts"));
const text = (file: string) => readFileSync(join(root, file), "utf8");

/** Which rooms a room may import from. Files directly in src are entry points, "entry": they may import any room. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  storage: ["domain"],
  delivery: ["domain", "storage"],
  register: ["domain"],
  operations: ["domain", "storage", "delivery", "register"],
  jobs: ["domain", "storage", "operations", "delivery"],
  auth: ["domain", "storage"],
  sandbox: ["domain", "storage", "operations", "auth", "jobs"],
  explorer: ["domain", "sandbox"],
  graphql: ["domain", "storage", "operations", "auth", "sandbox"],
  commands: [
    "entry",
    "domain",
    "storage",
    "operations",
    "delivery",
    "register",
    "jobs",
    "auth",
    "graphql",
    "sandbox",
  ],
};

function roomOf(file: string): string {
  return file.includes("/") ? (file.split("/")[0] ?? "") : "entry";
}

function importsOf(file: string): string[] {
  const specifiers = [...text(file).matchAll(/(?:from|import)\s+"(\.[^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) => relative(root, join(root, dirname(file), specifier)));
}

describe("the rooms", () => {
  test("every room is on the map", () => {
    expect([...new Set(sources.map(roomOf))].sort()).toEqual(["entry", ...Object.keys(arrows)].sort());
  });

  test("imports run only along the arrows", () => {
    const strays = sources
      .filter((file) => roomOf(file) !== "entry")
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ file, target }) => {
        const room = roomOf(file);
        return roomOf(target) !== room && !arrows[room]?.includes(roomOf(target));
      });
    expect(strays).toEqual([]);
  });

  test("no import runs in a circle", () => {
    const graph = new Map(
      sources.map((file) => [file, importsOf(file).map((target) => target.replace(/\.js$/, ".ts"))]),
    );
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, `circle: ${[...path, file].join(" → ")}`).not.toContain(file);
      if (done.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
  });
});

describe("the domain", () => {
  test("has no clock, environment, input or waiting", () => {
    const impure =
      /Date\.now|new Date\(|Temporal\.Now|process\.|\basync\b|\bawait\b|Math\.random|from "node:/;
    expect(sources.filter((file) => roomOf(file) === "domain" && impure.test(text(file)))).toEqual([]);
  });

  test("each rule of the index is named in its file and opens a test title", () => {
    const index = text("domain/README.md");
    const rows = [...index.matchAll(/^\| ([A-Z]\d) +\|.*?`([\w.-]+\.ts)/gm)].map(
      ([, id = "", file = ""]) => ({
        id,
        file,
      }),
    );
    const tests = [...globSync("**/*.test.ts", { cwd: root }).map(text), ...integrationTests()].join("\n");
    expect(rows.length).toBeGreaterThan(20);
    for (const { id, file } of rows) {
      expect(text(`domain/${file}`), `${id} in ${file}`).toMatch(new RegExp(`\\b${id}\\b`));
      expect(tests, `a test title that opens with ${id}`).toMatch(new RegExp(`["\`]([A-Z]\\d, )*${id}\\b`));
    }
  });
});

function integrationTests(): string[] {
  const folder = join(root, "../integration-tests");
  return globSync("**/*.test.ts", { cwd: folder }).map((file) => readFileSync(join(folder, file), "utf8"));
}

describe("every file", () => {
  test("has at most 400 lines and no default export", () => {
    expect(sources.filter((file) => text(file).split("\n").length > 400)).toEqual([]);
    expect(sources.filter((file) => /^export default/m.test(text(file)))).toEqual([]);
  });

  test("names explain themselves", () => {
    expect(
      sources.filter(
        (file) => /helpers?\b|utils?\b|common|manager|service\.ts/i.test(file) && !/helper-limit/.test(file),
      ),
    ).toEqual([]);
  });
});
