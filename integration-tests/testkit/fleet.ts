import type { App } from "../../src/app.js";
import { SANDBOX_SECRET, sandboxClientId } from "../../src/sandbox/sandbox-clients.js";
import type { Database } from "../../src/storage/database.js";
import { GraphQLClient } from "./graphql-client.js";
import { type SandboxServer, signIn, startSandbox } from "./sandbox-server.js";

interface Running {
  readonly sandbox: SandboxServer;
  readonly clients: Map<string, Promise<GraphQLClient>>;
  underWay: number;
}

/** Several processes of one service on one database, replaced one after the other as an operator does it. */
export class Fleet implements AsyncDisposable {
  readonly #running: Running[] = [];
  #turn = 0;

  constructor(
    private readonly database: Database,
    private readonly options: { readonly clock: string; readonly evidenceDir: string },
  ) {}

  /** Starts one more process with a key file. */
  async start(keysFile: string): Promise<App> {
    const sandbox = await startSandbox({
      clock: this.options.clock,
      environment: {
        KEYS_FILE: keysFile,
        EVIDENCE_DIR: this.options.evidenceDir,
        RATE_LIMIT_POINTS: "10000000",
        RATE_LIMIT_POINTS_PER_SECOND: "1000000",
      },
      // The database is the fleet's, not that of one process.
      database: { ...this.database, [Symbol.asyncDispose]: async () => undefined },
    });
    this.#running.push({ sandbox, clients: new Map(), underWay: 0 });
    return sandbox.app;
  }

  /** Ends the process that has run longest, once it has answered what it is being asked. */
  async stopOldest(): Promise<void> {
    const oldest = this.#running.shift();
    if (!oldest) throw new Error("no process runs");
    while (oldest.underWay > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await oldest.sandbox[Symbol.asyncDispose]();
  }

  /** Lets the work ask one of the processes that run, each in its turn. */
  async with<T>(client: string, work: (client: GraphQLClient, app: App) => Promise<T>): Promise<T> {
    const running = this.#running[this.#turn++ % this.#running.length];
    if (!running) throw new Error("no process runs");
    running.underWay += 1;
    try {
      const { server, app } = running.sandbox;
      let signedIn = running.clients.get(client);
      if (!signedIn) {
        signedIn = signInOnce(server.address, sandboxClientId(client));
        running.clients.set(client, signedIn);
      }
      return await work(await signedIn, app);
    } finally {
      running.underWay -= 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#running.length > 0) await this.stopOldest();
  }
}

/** A connection a request: one that was kept could be closed while the next request is on its way. */
class UnkeptClient extends GraphQLClient {
  override send<R>(body: unknown, headers: Readonly<Record<string, string>> = {}) {
    return super.send<R>(body, { connection: "close", ...headers });
  }
}

async function signInOnce(address: string, client: string): Promise<GraphQLClient> {
  const { token } = await signIn(address, client, SANDBOX_SECRET);
  return new UnkeptClient(address, token);
}
