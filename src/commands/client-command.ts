import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { importJWK, type JWK } from "jose";
import { z } from "zod";
import { type Scope, type StaffRole, scopes, staffRoles } from "../domain/actor.js";
import { type ChannelCode, channelCodes } from "../domain/channels.js";
import {
  type ClientAdministration,
  ClientFault,
  type Credentials,
  createClient,
  disableClient,
  enableClient,
  type NewClient,
  type PublicKeySet,
  rotateClient,
} from "../operations/administer-clients.js";
import { type ClientRecord, listClients } from "../storage/channel-clients.js";
import { openAdministered } from "./administration.js";
import type { CommandOutput, Environment } from "./command-output.js";

const USAGE = `usage: client VERB

  client create --channel CODE --name NAME [--employer CODE] [--district CODE] [--portal] [--scopes A,B]
  client create --staff --roles A,B --name NAME
      both: [--contact TEXT] [--jwks FILE] [--rate-points N --rate-points-per-second N]
  client rotate ID [--overlap HOURS] [--jwks FILE]   a new secret; the old one is good for 24 hours, or as said
  client disable ID
  client enable ID
  client list

The id and the secret are printed once; with --jwks the client proves itself by its own keys (private_key_jwt).
A running service follows within seconds. Roles: ${staffRoles.join(", ")}.
`;

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const DEFAULT_OVERLAP_HOURS = 24;
const MAX_OVERLAP_HOURS = 720;

/** The command line is not one of ours. */
class WrongUsage extends Error {}

/** Registers clients, rotates their secrets, disables and lists them. Exit code 1 when it cannot be done, 2 for wrong usage. */
export async function runClient(
  args: readonly string[],
  env: Environment,
  output: CommandOutput = process,
): Promise<number> {
  try {
    const work = await planned(args, output);
    await using administered = await openAdministered(env);
    const { config, database, sealing } = administered;
    const admin: ClientAdministration = {
      database,
      sealing,
      sandbox: config.mode === "sandbox",
      now: new Date(),
      requestId: randomUUID(),
    };
    await work(admin);
    return OK;
  } catch (error) {
    if (error instanceof WrongUsage) {
      output.stderr.write(USAGE);
      return WRONG_USAGE;
    }
    if (!(error instanceof ClientFault)) throw error;
    output.stderr.write(`client: ${error.message}\n`);
    return FAILED;
  }
}

type Work = (admin: ClientAdministration) => Promise<void>;

/** What to do, read and checked before anything is opened. */
async function planned(args: readonly string[], output: CommandOutput): Promise<Work> {
  const { values, verb, id } = readArguments(args);
  switch (verb) {
    case "create": {
      const client = await newClient(values);
      return async (admin) => show(await createClient(admin, client), output);
    }
    case "rotate": {
      // Keys overlap by standing in the file together.
      if (values.overlap !== undefined && values.jwks !== undefined) throw new WrongUsage();
      const overlapHours =
        numberOf(values.overlap, "--overlap", 0, MAX_OVERLAP_HOURS) ?? DEFAULT_OVERLAP_HOURS;
      const jwks = values.jwks === undefined ? null : await readPublicKeys(values.jwks);
      return async (admin) => show(await rotateClient(admin, id, { overlapHours, jwks }), output);
    }
    case "disable":
      return (admin) => disableClient(admin, id);
    case "enable":
      return (admin) => enableClient(admin, id);
    default:
      return async ({ database, now }) => {
        for (const client of await listClients(database.db)) output.stdout.write(lineOf(client, now));
      };
  }
}

const options = {
  channel: { type: "string" },
  staff: { type: "boolean", default: false },
  name: { type: "string" },
  roles: { type: "string" },
  scopes: { type: "string" },
  employer: { type: "string" },
  district: { type: "string" },
  portal: { type: "boolean", default: false },
  contact: { type: "string" },
  jwks: { type: "string" },
  overlap: { type: "string" },
  "rate-points": { type: "string" },
  "rate-points-per-second": { type: "string" },
} as const;

/** Which options a verb takes; `create` takes all but one. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  create: Object.keys(options).filter((name) => name !== "overlap"),
  rotate: ["overlap", "jwks"],
  disable: [],
  enable: [],
  list: [],
};

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options, tokens: true });
  } catch {
    throw new WrongUsage();
  }
}

type Values = ReturnType<typeof parse>["values"];

function readArguments(args: readonly string[]): { values: Values; verb: string; id: string } {
  const { values, positionals, tokens } = parse(args);
  const [verb = "", id = "", ...rest] = positionals;
  const takes = optionsOf[verb];
  const stray = tokens.some((token) => token.kind === "option" && !takes?.includes(token.name));
  const needsId = verb === "rotate" || verb === "disable" || verb === "enable";
  if (!takes || stray || rest.length > 0 || (id !== "") !== needsId) throw new WrongUsage();
  return { values, verb, id };
}

async function newClient(values: Values): Promise<NewClient> {
  if ((values.channel !== undefined) === values.staff || values.name === undefined) throw new WrongUsage();
  return {
    name: textOf(values.name, "--name", 100),
    channel:
      values.channel === undefined ? null : oneOf<ChannelCode>(values.channel, channelCodes, "channel"),
    roles: listOf<StaffRole>(values.roles, staffRoles, "role") ?? [],
    scopes: listOf<Scope>(values.scopes, scopes, "scope"),
    employerCode: values.employer === undefined ? null : textOf(values.employer, "--employer", 100),
    districtCode: districtOf(values.district),
    portal: values.portal,
    contact: values.contact === undefined ? null : textOf(values.contact, "--contact", 200),
    budget: budgetOf(values),
    jwks: values.jwks === undefined ? null : await readPublicKeys(values.jwks),
  };
}

function textOf(text: string, option: string, longest: number): string {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > longest || /\p{C}/u.test(trimmed))
    throw new ClientFault(`${option} must be 1 to ${longest} characters without control characters`);
  return trimmed;
}

function oneOf<T extends string>(text: string, known: readonly T[], what: string): T {
  const found = known.find((each) => each === text.trim());
  if (!found)
    throw new ClientFault(`there is no ${what} ${JSON.stringify(text)}; there is ${known.join(", ")}`);
  return found;
}

function listOf<T extends string>(text: string | undefined, known: readonly T[], what: string): T[] | null {
  if (text === undefined) return null;
  return [...new Set(text.split(",").map((each) => oneOf(each, known, what)))];
}

function districtOf(code: string | undefined): string | null {
  if (code === undefined) return null;
  if (!/^\d{6}$/.test(code)) throw new ClientFault("--district must be a division code of six digits");
  return code;
}

function numberOf(text: string | undefined, option: string, least: number, most: number): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new ClientFault(`${option} must be a whole number from ${least} to ${most}`);
  return number;
}

function budgetOf(values: Values): NewClient["budget"] {
  const points = numberOf(values["rate-points"], "--rate-points", 1, 100_000_000);
  const pointsPerSecond = numberOf(
    values["rate-points-per-second"],
    "--rate-points-per-second",
    1,
    100_000_000,
  );
  if ((points === null) !== (pointsPerSecond === null))
    throw new ClientFault("--rate-points and --rate-points-per-second are given together");
  return points === null || pointsPerSecond === null ? null : { points, pointsPerSecond };
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.enum(["EC", "OKP", "RSA"]) })).min(1) });

/** Public keys only: whoever gets hold of a private one is the client. */
async function readPublicKeys(path: string): Promise<PublicKeySet> {
  let keys: JWK[];
  try {
    keys = keySet.parse(JSON.parse(await readFile(path, "utf8"))).keys as JWK[];
  } catch {
    throw new ClientFault(`${path} is not a readable JWK set of EC, OKP or RSA keys`);
  }
  if (keys.some((key) => "d" in key || "k" in key))
    throw new ClientFault(
      `${path} holds a private key: it must never leave the client; give the public ones`,
    );
  for (const key of keys) {
    await importJWK(key, key.alg ?? algorithmOf(key)).catch(() => {
      throw new ClientFault(`${path} holds a key that cannot be used`);
    });
  }
  return { keys };
}

function algorithmOf(key: JWK): string {
  if (key.kty === "RSA") return "PS256";
  return key.kty === "OKP" ? "EdDSA" : "ES256";
}

function show({ id, secret }: Credentials, output: CommandOutput): void {
  output.stdout.write(`client id      ${id}\n`);
  if (secret === null) return;
  output.stdout.write(`client secret  ${secret}\n`);
  output.stderr.write("the secret is shown this once and kept nowhere: hand it over safely\n");
}

function lineOf(client: ClientRecord, now: Date): string {
  const { previousSecretUntil, disabledAt } = client;
  const proof = client.secretIndex === null ? "keys" : "secret";
  const overlaps = previousSecretUntil !== null && previousSecretUntil > now;
  const fields = [
    client.id,
    client.channel ?? `STAFF ${client.roles.join(",")}`,
    client.name,
    client.employerCode ?? client.districtCode ?? "-",
    overlaps ? `${proof}, the one before until ${previousSecretUntil.toISOString()}` : proof,
    disabledAt ? `disabled ${disabledAt.toISOString()}` : "enabled",
    client.contact ?? "-",
  ];
  return `${fields.join("\t")}\n`;
}
