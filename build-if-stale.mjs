// Builds only when something the build reads is newer than the last build: an unchanged start should not wait for one.
import { execFileSync } from "node:child_process";
import { globSync, statSync } from "node:fs";

const sources = ["src/**/*", "schema/operations/*", "drizzle/**/*", "package-lock.json", "tsconfig*.json"];
const builtAt = statSync("dist/.built", { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (globSync(sources).some((file) => statSync(file).mtimeMs > builtAt)) {
  execFileSync("npm", ["run", "-s", "build"], { stdio: "inherit", shell: process.platform === "win32" });
}
