import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../../src/app.js";
import { type Config, readConfig } from "../../src/config.js";
import type { Job } from "../../src/jobs/job.js";
import { type Keys, loadKeys } from "../../src/keys.js";
import { createLogger, type Logger } from "../../src/logging.js";
import { SANDBOX_SECRET, sandboxClientId } from "../../src/sandbox/sandbox-clients.js";
import { type Server, startServer } from "../../src/server.js";
import type { Database } from "../../src/storage/database.js";
import { openTestDatabase } from "./database.js";
import { GraphQLClient } from "./graphql-client.js";

/** A whole sandbox of its own: database, application and HTTP server. Disposing it leaves nothing behind. */
export interface SandboxServer extends AsyncDisposable {
  readonly app: App;
  readonly server: Server;
  readonly keys: Keys;
  /** Signs in a sandbox client: a channel's code in upper case, or a client id. */
  signIn(client: string): Promise<GraphQLClient>;
}

export interface SandboxOptions {
  /** Where the sandbox's clock starts. */
  readonly clock?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Silent unless given. */
  readonly logger?: Logger;
  /** One that is migrated already, in place of a new one; the sandbox closes it. */
  readonly database?: Database;
  /** In place of the table of jobs: none, where a test runs them by hand. */
  readonly jobs?: readonly Job[];
}

export async function startSandbox(options: SandboxOptions = {}): Promise<SandboxServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "changqing-test-"));
  const config: Config = readConfig({
    MODE: "sandbox",
    PORT: "0",
    PUBLIC_URL: "http://changqing.test",
    DATA_DIR: dataDir,
    LOG_LEVEL: "silent",
    ...(options.clock ? { SANDBOX_CLOCK: options.clock } : {}),
    ...options.environment,
  });
  const keys = await loadKeys(config);
  const app = await createApp(config, {
    database: options.database ?? (await openTestDatabase()),
    keys,
    logger: options.logger ?? createLogger("silent"),
    ...(options.jobs ? { jobs: options.jobs } : {}),
  });
  const server = await startServer(app);
  return {
    app,
    server,
    keys,
    signIn: (client) =>
      signIn(server.address, /^[A-Z0-9_]+$/.test(client) ? sandboxClientId(client) : client, SANDBOX_SECRET),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Gets a token by client credentials. */
export async function signIn(address: string, clientId: string, secret: string): Promise<GraphQLClient> {
  const response = await fetch(`${address}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (!body.access_token)
    throw new Error(`no token for ${clientId}: ${response.status} ${JSON.stringify(body)}`);
  return new GraphQLClient(address, body.access_token);
}
