import type { Config } from "../../config.js";
import type { MigrationState } from "../../storage/migrate.js";
import type { RoleRights } from "../../storage/role-rights.js";
import type { ClockDifference, ServerFacts } from "../../storage/server-facts.js";
import { type Finding, fail, ok, warn } from "./finding.js";

const OLDEST = 15;
const NEWEST_TRIED = 18;
const SKEW_WARN_MS = 2_000;
const SKEW_FAIL_MS = 30_000;

export type Mode = Config["mode"];

export function judgeServer({ version, standby }: ServerFacts): Finding {
  const major = Math.floor(version / 10_000);
  const name = `PostgreSQL ${major}.${version % 10_000}`;
  if (standby)
    return fail(
      "database",
      `${name} is a standby and takes no writes`,
      "let DATABASE_URL lead to the primary",
    );
  if (major < OLDEST)
    return fail("database", `${name} is too old`, `upgrade the server to PostgreSQL ${OLDEST} or later`);
  if (major > NEWEST_TRIED)
    return warn(
      "database",
      `${name} is newer than what this version was tried with (${OLDEST} to ${NEWEST_TRIED})`,
      "look for a newer version of the service",
    );
  return ok("database", `${name} answers`);
}

export function judgeDurability(
  kind: "postgresql" | "embedded",
  mode: Mode,
  { unsafeSettings }: ServerFacts,
): Finding {
  if (kind === "embedded") {
    const cause = "the embedded database survives a killed process, not a power cut";
    return mode === "sandbox"
      ? ok("durability", cause)
      : warn("durability", cause, "set DATABASE_URL to a PostgreSQL");
  }
  if (unsafeSettings.length === 0) return ok("durability", "what was acknowledged survives a power cut");
  return warn(
    "durability",
    `acknowledged certifications may be lost in a power cut; off: ${unsafeSettings.join(", ")}`,
    `set ${unsafeSettings.join(", ")} on in postgresql.conf`,
  );
}

export function judgeMigrations({ shipped, missing, unknown }: MigrationState): Finding {
  if (missing.length > 0 && missing.length === shipped)
    return fail(
      "migrations",
      "the database has no tables yet",
      "run `npm run cli -- migrate` as the owner of the database",
    );
  if (missing.length > 0)
    return fail(
      "migrations",
      `not applied yet: ${missing.join(", ")}`,
      "run `npm run cli -- migrate` as the owner of the tables, then database-roles.sql",
    );
  if (unknown > 0)
    return warn(
      "migrations",
      `the database has ${unknown} more than this program brings: a newer version has migrated it`,
      "run the newer version here too",
    );
  return ok("migrations", `all ${shipped} are applied`);
}

export function judgeRights(mode: Mode, { role, missing, beyond }: RoleRights): Finding {
  if (missing.length > 0)
    return fail(
      "rights",
      `the role ${role} may not ${listed(missing)}`,
      'run as the owner: psql "$OWNER_URL" -f database-roles.sql',
    );
  if (beyond.length > 0 && mode === "production")
    return warn(
      "rights",
      `the role ${role} may ${listed(beyond)}: whoever has it can remove traces`,
      "run database-roles.sql and start the service as changqing_service",
    );
  return ok(
    "rights",
    beyond.length > 0
      ? `the role ${role} may do everything, as is usual in a sandbox`
      : `the role ${role} may do what it needs, and cannot change what is to stay`,
  );
}

const LISTED = 3;

function listed(rights: readonly string[]): string {
  const more = rights.length - LISTED;
  return `${rights.slice(0, LISTED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What the way to the database leaves open counts for nobody: only what is certain is told. */
export function judgeClock({ aheadMs, uncertainMs }: ClockDifference): Finding {
  const certainMs = Math.max(0, Math.abs(aheadMs) - uncertainMs);
  const seconds = (certainMs / 1_000).toFixed(1);
  const side = aheadMs > 0 ? "ahead of" : "behind";
  const cause = `this machine is ${seconds} s ${side} the database`;
  const cure = "let both machines keep time by NTP (chronyc tracking, timedatectl)";
  if (certainMs > SKEW_FAIL_MS) return fail("clock", cause, cure);
  if (certainMs > SKEW_WARN_MS) return warn("clock", cause, cure);
  return ok("clock", "this machine and the database agree on the time");
}
