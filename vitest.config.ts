import { defineConfig } from "vitest/config";

/** They replace what other files have loaded already: each has modules of its own. */
const mocking = ["integration-tests/client-credentials.test.ts"];

const stories = (backend: string, groupOrder: number, exclude: string[] = []) => {
  const shared = {
    globalSetup: `integration-tests/testkit/setup-${backend}.ts`,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  };
  return [
    {
      extends: true as const,
      test: {
        ...shared,
        name: backend,
        include: ["integration-tests/**/*.test.ts"],
        exclude: [...exclude, ...mocking],
        // Loading the service takes longer than most files' tests; a worker loads it once.
        isolate: false,
        sequence: { groupOrder },
      },
    },
    {
      extends: true as const,
      test: {
        ...shared,
        name: `${backend}-mocking`,
        include: mocking,
        sequence: { groupOrder: groupOrder + 1 },
      },
    },
  ];
};

export default defineConfig({
  resolve: {
    // Vite would take graphql's ES build while type-graphql loads the CommonJS one; two copies refuse each other's types.
    alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }],
  },
  test: {
    maxWorkers: 2,
    reporters: process.env.CI ? ["default", ["json", { outputFile: ".ci/results.json" }]] : ["default"],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["src/**/*.test.ts"], sequence: { groupOrder: 0 } },
      },
      ...stories("embedded", 1, ["integration-tests/postgresql/**"]),
      ...stories("postgresql", 3),
    ],
  },
});
