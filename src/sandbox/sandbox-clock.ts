import type { Database, Tx } from "../storage/database.js";
import { lockSetting, readSetting, writeSetting } from "../storage/settings.js";

const SETTING = "sandbox_clock_offset_ms";
/** Other processes serving the same sandbox follow within this time. */
const REFRESH_MS = 1_000;

/** A clock that runs at the normal pace from wherever it was set; shared through the database, only ever set forward. */
export class SandboxClock implements Disposable {
  #offsetMs: number;
  readonly #timer: NodeJS.Timeout;

  private constructor(database: Database, offsetMs: number) {
    this.#offsetMs = offsetMs;
    this.#timer = setInterval(() => {
      readSetting<number>(database.db, SETTING).then(
        (stored) => {
          this.#offsetMs = Math.max(this.#offsetMs, stored ?? 0);
        },
        () => undefined,
      );
    }, REFRESH_MS).unref();
  }

  /** Starts a new sandbox's clock at `start` (now, when absent); an existing sandbox's clock just runs on. */
  static async open(database: Database, start: Temporal.Instant | undefined): Promise<SandboxClock> {
    const initial = start ? start.epochMilliseconds - Date.now() : 0;
    const offset = await database.transact((tx) => lockSetting(tx, SETTING, initial));
    return new SandboxClock(database, offset);
  }

  /** What the clock says, without starting it: a new sandbox's would begin at `start`. */
  static async read(database: Database, start: Temporal.Instant | undefined): Promise<Temporal.Instant> {
    const offset = await readSetting<number>(database.db, SETTING);
    const wall = Temporal.Instant.fromEpochMilliseconds(Date.now());
    return offset === undefined ? (start ?? wall) : wall.add({ milliseconds: offset });
  }

  now(): Temporal.Instant {
    return Temporal.Instant.fromEpochMilliseconds(Date.now() + this.#offsetMs);
  }

  /** Moves the clock in the caller's transaction; false when `to` lies in the clock's past. */
  async advance(tx: Tx, to: Temporal.Instant): Promise<boolean> {
    const stored = await lockSetting(tx, SETTING, this.#offsetMs);
    const offset = to.epochMilliseconds - Date.now();
    if (offset < stored) return false;
    await writeSetting(tx, SETTING, offset);
    return true;
  }

  /** Called once the move is committed. */
  follow(to: Temporal.Instant): void {
    this.#offsetMs = Math.max(this.#offsetMs, to.epochMilliseconds - Date.now());
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
