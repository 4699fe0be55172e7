import { glob, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The service as it would be built, under `directory`/dist: file by file as the compiler does, in a hundredth of its time. */
export async function transpileInto(
  directory: string,
  scripts: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entryPoints: string[] = [];
  for await (const file of glob("src/**/*.ts", { cwd: root }))
    if (!/\.test\.ts$|^src.explorer.page./.test(file)) entryPoints.push(join(root, file));
  await build({
    entryPoints,
    outbase: join(root, "src"),
    outdir: join(directory, "dist"),
    format: "esm",
    platform: "node",
    target: "node26",
    tsconfig: join(root, "tsconfig.build.json"),
  });
  await linkSurroundings(directory, scripts);
}

/** What only the commands that need it load, and load as one with what they load by `require`. */
const PACKAGES = [
  "graphql",
  "graphql-*",
  "@graphql-tools/*",
  "@apollo/*",
  "type-graphql",
  "reflect-metadata",
];
/** What packages that were written for `require` expect to find. */
const REQUIRE = `
import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;
`;
const COMMANDS = `
const [name, ...args] = process.argv.slice(2);
const run = {
  "run-job": async () => (await import("./run-job-command.js")).runRunJob,
  worker: async () => (await import("./worker-command.js")).runWorker,
}[name];
process.exitCode = await (await run())(args, process.env);
`;

/**
 * The commands that run jobs, each with what it needs in one file, which starts in a tenth of the time that hundreds take.
 * Gives the file to start them by, with the command's name as its first argument.
 */
export async function bundleJobCommands(directory: string): Promise<string> {
  // As deep as the sources are: migrations are found from there.
  const outdir = join(directory, "dist/commands");
  await build({
    entryPoints: ["run-job-command.ts", "worker-command.ts"].map((file) => join(root, "src/commands", file)),
    outdir,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node26",
    tsconfig: join(root, "tsconfig.build.json"),
    mainFields: ["module", "main"],
    external: [...PACKAGES, "@electric-sql/pglite", "pg-native", "pino"],
    banner: { js: REQUIRE },
    logLevel: "error",
  });
  await linkSurroundings(directory, {});
  const commands = join(outdir, "commands.js");
  await writeFile(commands, COMMANDS);
  return commands;
}

/** What is looked for beside dist. */
async function linkSurroundings(directory: string, scripts: Readonly<Record<string, string>>): Promise<void> {
  for (const beside of ["node_modules", "drizzle", "schema"])
    await symlink(join(root, beside), join(directory, beside));
  await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module", scripts }));
}
