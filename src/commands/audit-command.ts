import { createHash, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { publicJwk } from "../auth/access-tokens.js";
import { ConfigError } from "../config.js";
import { loadKeys } from "../keys.js";
import { appendSystemAudit } from "../storage/audit.js";
import {
  type AuditFault,
  type ChainHead,
  countAuditEntries,
  findAuditEntries,
  verifyAudit,
} from "../storage/audit-verification.js";
import { parseOpaqueId } from "../storage/ids.js";
import { places } from "../storage/sealing.js";
import { openAdministered } from "./administration.js";
import { checkAnchors } from "./audit-anchor-check.js";
import type { CommandOutput, Environment } from "./command-output.js";

const USAGE = `usage: audit VERB

  audit verify [--against FILE] [--heads FILE] [--quiet]
      recomputes the chains of all writes and names the first row of each that does not fit, or that no longer is what
      the service's own signed anchors say, in the database and in the file AUDIT_ANCHOR_FILE
      --heads    writes down where the chains stand now: keep the file where nobody who can write the database can
      --against  a file of an earlier --heads: finds also what was rewritten or cut off as a whole since
  audit reasons PENSIONER_ID
      who was shown this person's identity in full, and why; asking is written down too

Exit code 1 when a chain is broken.
`;

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const PROGRESS_MS = 5_000;

const faultTexts: Readonly<Record<AuditFault, string>> = {
  HEAD_MISSING: "the chain's head is missing",
  ENTRY_MISSING: "the entry is missing",
  ENTRY_CHANGED: "the entry or its hash was changed, or entries were swapped",
  HEAD_CHANGED: "the chain's head does not follow from the entries",
  ENTRY_BEYOND_HEAD: "the entry lies beyond the chain's head",
  NOT_AS_NOTED: "the chain is no longer what it was when its heads were written down",
  UNKNOWN_CHAIN: "there is no such chain",
};

/** Looks after the record of all writes. */
export async function runAudit(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (given?.verb === "verify") return verify(given, env, output);
  if (given?.verb === "reasons") return showReasons(given.pensioner, env, output);
  output.stderr.write(USAGE);
  return WRONG_USAGE;
}

interface VerifyArguments {
  readonly verb: "verify";
  readonly against: string | undefined;
  readonly heads: string | undefined;
  readonly quiet: boolean;
}

function readArguments(
  args: readonly string[],
): VerifyArguments | { readonly verb: "reasons"; readonly pensioner: string } | null {
  try {
    const [verb, ...rest] = args;
    const { values, positionals } = parseArgs({
      args: [...rest],
      allowPositionals: true,
      options: verb === "verify" ? verifyOptions : {},
    });
    if (verb === "verify" && positionals.length === 0) {
      const { against, heads, quiet } = values as Partial<VerifyArguments>;
      return { verb, against, heads, quiet: quiet ?? false };
    }
    const [pensioner] = positionals;
    return verb === "reasons" && pensioner && positionals.length === 1 ? { verb, pensioner } : null;
  } catch {
    return null;
  }
}

const verifyOptions = {
  against: { type: "string" },
  heads: { type: "string" },
  quiet: { type: "boolean" },
} as const;

async function verify(given: VerifyArguments, env: Environment, output: CommandOutput): Promise<number> {
  const noted = given.against === undefined ? [] : await readHeads(given.against);
  await using administered = await openAdministered(env);
  const { db } = administered.database;
  const { receiptSigning } = await loadKeys(administered.config);
  const anchors = await checkAnchors(db, administered.config.auditAnchorFile, {
    keys: receiptSigning.map(publicJwk),
  });
  for (const fault of anchors.faults) output.stdout.write(`broken: ${fault}\n`);
  if (anchors.unknownKeys > 0)
    output.stderr.write(
      `audit: ${anchors.unknownKeys} anchors are signed by keys that the key file no longer has\n`,
    );
  const expected = given.quiet ? 0 : await countAuditEntries(db);
  let entries = 0;
  let toldMs = performance.now();
  const onEntries = (more: number) => {
    entries += more;
    if (given.quiet || performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    output.stderr.write(`audit: ${entries} of ${expected} entries\n`);
  };
  const heads: ChainHead[] = [];
  let broken = 0;
  for await (const verified of verifyAudit(db, [...noted, ...anchors.heads], onEntries)) {
    heads.push(verified.head);
    if (!verified.broken) continue;
    broken += 1;
    const { chain, seq, fault } = verified.broken;
    output.stdout.write(`broken: chain ${chain}, seq ${seq}: ${faultTexts[fault]}\n`);
  }
  if (broken > 0) {
    output.stderr.write(`audit: ${broken} of ${heads.length} chains are broken\n`);
    return FAILED;
  }
  if (anchors.faults.length > 0) return FAILED;
  const text = `${JSON.stringify({ heads }, null, 2)}\n`;
  if (given.heads !== undefined) await writeFile(given.heads, text, { mode: 0o600 });
  const total = heads.reduce((sum, { seq }) => sum + seq, 0);
  const digest = createHash("sha256").update(text).digest("hex");
  const anchored = anchors.count > 0 ? `, ${anchors.count} anchors` : "";
  output.stdout.write(
    `all well: ${total} entries in ${heads.length} chains, heads sha256:${digest}${anchored}\n`,
  );
  return OK;
}

const headsFile = z.object({
  heads: z.array(
    z.object({
      chain: z.number().int(),
      seq: z.number().int().min(0),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

async function readHeads(path: string): Promise<ChainHead[]> {
  try {
    return headsFile.parse(JSON.parse(await readFile(path, "utf8"))).heads;
  } catch {
    throw new ConfigError(`${path} is not a readable file of \`audit verify --heads\``);
  }
}

async function showReasons(pensioner: string, env: Environment, output: CommandOutput): Promise<number> {
  const key = parseOpaqueId(pensioner);
  if (key?.kind !== "pensioner") throw new ConfigError("that is no pensioner's id (pen_…)");
  await using administered = await openAdministered(env);
  const { database, sealing } = administered;
  await database.transact((tx) =>
    appendSystemAudit(tx, {
      clientId: "cli",
      operation: "auditReasons",
      requestId: randomUUID(),
      at: new Date().toISOString(),
      subjectId: key.pensionerId,
      outcome: "READ",
    }),
  );
  for await (const entry of findAuditEntries(database.db, key, "identityReveal")) {
    const { at, clientId, requestId, subjectId, reasonSealed } = entry;
    const reason = sealing.open(
      Buffer.from(String(reasonSealed), "base64"),
      places.identityRevealReason(String(subjectId)),
    );
    output.stdout.write(`${[at, clientId, requestId, reason].join("\t")}\n`);
  }
  return OK;
}
