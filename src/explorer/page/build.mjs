// Bundles the Explorer's page into dist/explorer/page, when anything that goes into it has changed.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { build } from "esbuild";

const source = fileURLToPath(new URL(".", import.meta.url));
const root = join(source, "../../..");
const target = join(root, "dist/explorer/page");
const BROTLI_QUALITY = 9;

const options = {
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".ttf": "file", ".svg": "file" },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  legalComments: "linked",
  publicPath: "/explorer/assets/",
  outdir: join(target, "assets"),
  metafile: true,
  write: false,
  logLevel: "warning",
};

async function digestOfInputs() {
  const files = [
    ...(await readdir(source)).sort().map((name) => join(source, name)),
    join(root, "package-lock.json"),
  ];
  const hash = createHash("sha256");
  for (const file of files) hash.update(file.slice(root.length)).update(await readFile(file));
  return hash.digest("hex");
}

/** From an entry's name to the name of the file it became. */
function outputsOf({ metafile }) {
  const outputs = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint);
  return Object.fromEntries(
    outputs.map(([path, { cssBundle }]) => {
      const name = basename(path);
      return [
        name.replace(/-[A-Z0-9]+\.\w+$/, ""),
        { script: name, style: cssBundle && basename(cssBundle) },
      ];
    }),
  );
}

async function buildPage() {
  // The very copies that GraphiQL's own code uses.
  const ofGraphiQL = createRequire(createRequire(import.meta.url).resolve("@graphiql/react/package.json"));
  const workers = await build({
    ...options,
    entryPoints: {
      "editor-worker": ofGraphiQL.resolve("monaco-editor/esm/vs/editor/editor.worker.js"),
      "json-worker": ofGraphiQL.resolve("monaco-editor/esm/vs/language/json/json.worker.js"),
      "graphql-worker": ofGraphiQL.resolve("monaco-graphql/esm/graphql.worker.js"),
    },
  });
  const workerFiles = Object.fromEntries(
    Object.entries(outputsOf(workers)).map(([name, { script }]) => [name, options.publicPath + script]),
  );
  const page = await build({
    ...options,
    entryPoints: { boot: join(source, "boot.tsx"), icon: join(source, "icon.svg") },
    define: { ...options.define, WORKER_FILES: JSON.stringify(workerFiles) },
  });
  const { boot } = outputsOf(page);
  const files = [...workers.outputFiles, ...page.outputFiles];
  const icon = files.find(({ path }) => /icon-[^/]*\.svg$/.test(path));
  // A style sheet of a part that is loaded later is in the first one already.
  const needed = files.filter(({ path }) => !path.endsWith(".css") || basename(path) === boot.style);
  const template = await readFile(join(source, "index.html"), "utf8");
  const html = template
    .replace("{boot}", options.publicPath + boot.script)
    .replace("{style}", options.publicPath + boot.style)
    .replace("{icon}", options.publicPath + basename(icon.path));
  return { html, files: needed };
}

async function writePage({ html, files }, stamp) {
  // Built aside and moved, so that a server or a second build never sees half a page.
  const aside = `${target}-${process.pid}`;
  await mkdir(join(aside, "assets"), { recursive: true });
  const compress = promisify(brotliCompress);
  for (const { path, contents } of files) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
    await writeFile(join(aside, "assets", `${basename(path)}.br`), await compress(contents, { params }));
  }
  await writeFile(join(aside, "index.html"), html);
  await writeFile(join(aside, "stamp"), stamp);
  await rm(target, { recursive: true, force: true });
  await rename(aside, target);
}

const stamp = await digestOfInputs();
const built = await readFile(join(target, "stamp"), "utf8").catch(() => "");
if (built !== stamp) await writePage(await buildPage(), stamp);
