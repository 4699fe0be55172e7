import { type Config, readConfig } from "../config.js";
import { loadKeys } from "../keys.js";
import { SandboxClock } from "../sandbox/sandbox-clock.js";
import { createAuditChains } from "../storage/audit.js";
import type { Database } from "../storage/database.js";
import { holdKeys } from "../storage/key-versions.js";
import { openStorage } from "../storage/open.js";
import { Sealing } from "../storage/sealing.js";
import type { Environment } from "./command-output.js";

/** What a command that works on the database is given; an embedded database must not be held by a running server. */
export interface Administered extends AsyncDisposable {
  readonly config: Config;
  readonly database: Database;
  readonly sealing: Sealing;
}

/** Opens the database of this environment with its keys, as the service does. */
export async function openAdministered(env: Environment): Promise<Administered> {
  const config = readConfig(env);
  const sealing = new Sealing((await loadKeys(config)).sealing);
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openStorage(config));
  stack.use(await holdKeys(database, sealing));
  await database.transact(createAuditChains);
  const owned = stack.move();
  return { config, database, sealing, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The service's time, for a command. The sandbox's clock is read, not started. */
export async function readServiceTime(config: Config, database: Database): Promise<Temporal.Instant> {
  return config.mode === "sandbox"
    ? SandboxClock.read(database, config.sandboxClock)
    : Temporal.Instant.fromEpochMilliseconds(Date.now());
}
