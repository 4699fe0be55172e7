import { readConfig } from "../config.js";
import { readMigrationState } from "../storage/migrate.js";
import { openStorage } from "../storage/open.js";
import { describeCommandFailure } from "./command-failure.js";
import type { CommandOutput, Environment } from "./command-output.js";

const USAGE = `usage: migrate

Makes the tables, or brings them up to date, and does nothing else. Run it as the owner of the database, then
database-roles.sql; several at once wait for each other. Every other command and every start does the same first.

Exit code 1 when the schema could not be brought up to date; it is then as it was.
`;

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** The `migrate` command. */
export async function runMigrate(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  if (args.length > 0) {
    output.stderr.write(USAGE);
    return WRONG_USAGE;
  }
  try {
    await using database = await openStorage(readConfig(env));
    const { shipped } = await readMigrationState(database.db);
    output.stdout.write(`the schema is up to date: ${shipped} migrations\n`);
    return OK;
  } catch (error) {
    output.stderr.write(`migrate: ${describeCommandFailure(error, "run it again")}\n`);
    return FAILED;
  }
}
