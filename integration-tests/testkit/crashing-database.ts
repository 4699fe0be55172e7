import type { Database } from "../../src/storage/database.js";
import { Killed } from "./suspension.js";

/** The same database for a process that dies after so many commits: what it begins then is rolled back. */
export function crashAfter(database: Database, commits: number): Database {
  let left = commits;
  return {
    ...database,
    transact: (work) =>
      database.transact(async (tx) => {
        const answer = await work(tx);
        if (left === 0) throw new Killed();
        left -= 1;
        return answer;
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
