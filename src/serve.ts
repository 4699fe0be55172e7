import closeWithGrace from "close-with-grace";
import { createApp } from "./app.js";
import { readConfig } from "./config.js";
import { serveJobs } from "./job-server.js";
import { welcome } from "./sandbox/welcome.js";
import { startServer } from "./server.js";

const DRAIN_MS = 25_000;

/** Serves until a signal ends it. */
export async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const app = await createApp(config);
  const server = await startServer(app).catch(async (error: unknown) => {
    await app[Symbol.asyncDispose]();
    throw error;
  });
  const jobs = config.jobs
    ? await serveJobs(app).catch(async (error: unknown) => {
        await server[Symbol.asyncDispose]();
        await app[Symbol.asyncDispose]();
        throw error;
      })
    : undefined;
  closeWithGrace({ delay: DRAIN_MS }, async ({ signal, err }) => {
    if (err) app.logger.fatal({ err }, "stopping after an unexpected error");
    else app.logger.info({ signal }, "stopping");
    server.drain();
    // Together: a long chunk does not keep connections open, nor the other way round.
    await Promise.all([jobs?.[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
    await app[Symbol.asyncDispose]();
  });
  if (app.database.kind === "embedded") {
    app.logger.warn(
      "embedded database: survives a killed process, not a power cut; for real data set DATABASE_URL",
    );
  }
  if (config.mode === "sandbox") process.stdout.write(welcome(server.address, config));
  process.stdout.write(`ready ${server.address}/graphql\n`);
}
