import "./runtime-check.js";
import { enableCompileCache } from "node:module";

// Loaded after the cache is on: half of a restart is compiling modules that have not changed.
enableCompileCache();
const [{ serve }, { describeStartFailure }] = await Promise.all([
  import("./serve.js"),
  import("./start-failure.js"),
]);

try {
  await serve();
} catch (error) {
  process.stderr.write(`${describeStartFailure(error)}\n`);
  process.exit(1);
}
