// Regenerates everything that is generated and fails when that changed anything: what is committed was stale.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";

const generated = [
  "schema/schema.graphql",
  "schema/webhooks/*",
  "integration-tests/testkit/gql/*",
  "drizzle/**/*.{sql,json}",
];

function digests() {
  const files = globSync(generated).sort();
  return new Map(files.map((file) => [file, createHash("sha256").update(readFileSync(file)).digest("hex")]));
}

const before = digests();
execFileSync("npm", ["run", "-s", "codegen"], { stdio: ["ignore", "ignore", "inherit"] });
const after = digests();
const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
  (file) => before.get(file) !== after.get(file),
);
if (stale.length > 0) {
  console.error(`stale generated files, now regenerated (commit them): ${stale.join(", ")}`);
  process.exit(1);
}
console.log(`${after.size} generated files are in sync`);
