import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import type { JWK } from "jose";
import { z } from "zod";
import { type Receipt, verifyReceipt } from "../auth/receipts.js";
import { beijingDateOf } from "../domain/calendar.js";
import type { CommandOutput } from "./command-output.js";

const USAGE = `usage: verify-receipt JWS|- --jwks URL_OR_FILE [--on YYYY-MM-DD]

Tells what a receipt proves, with nothing but the published keys (/.well-known/jwks.json), which may be a file.
  --jwks   where the keys are
  --on     valid on this day (today in Beijing)

Exit code 0: genuine, and valid on that day. 1: not. A receipt does not know whether the pass was revoked later.
`;

const TIMEOUT_MS = 10_000;
const MAX_KEYS_BYTES = 1_000_000;
const keySetShape = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

interface VerifyArguments {
  readonly receipt: string;
  readonly jwks: string;
  readonly on: Temporal.PlainDate;
}

export async function runVerifyReceipt(
  args: readonly string[],
  output: CommandOutput = process,
): Promise<number> {
  const given = readArguments(args);
  if (!given) {
    output.stderr.write(USAGE);
    return 2;
  }
  const keySet = await readKeySet(given.jwks);
  if (!keySet) {
    output.stderr.write(`verify-receipt: no key set can be read from ${given.jwks}\n`);
    return 1;
  }
  const receipt = (given.receipt === "-" ? await text(process.stdin) : given.receipt).trim();
  const proven = await verifyReceipt(receipt, keySet);
  if (!proven) {
    output.stderr.write("verify-receipt: not a genuine receipt by these keys\n");
    return 1;
  }
  const valid = Temporal.PlainDate.compare(given.on, Temporal.PlainDate.from(proven.validThrough)) <= 0;
  output.stdout.write(describe(proven, given.on, valid));
  return valid ? 0 : 1;
}

function describe(
  proven: Receipt & { readonly kid: string },
  on: Temporal.PlainDate,
  valid: boolean,
): string {
  const rows: readonly (readonly [string, string])[] = [
    ["genuine", `signed by ${proven.issuer} with key ${proven.kid}`],
    ["certification", proven.certification],
    ["pensioner", proven.pensioner],
    ["channel", proven.channel],
    ["decided at", proven.decidedAt.toString()],
    ["month", proven.month],
    ["valid through", proven.validThrough],
    [`on ${on.toString()}`, valid ? "valid" : "no longer valid"],
  ];
  return rows.map(([name, value]) => `${name.padEnd(15)}${value}\n`).join("");
}

function readArguments(args: readonly string[]): VerifyArguments | null {
  try {
    const { values, positionals } = parseArgs({
      // A lone dash stands for standard input.
      args: [...args],
      allowPositionals: true,
      options: { jwks: { type: "string" }, on: { type: "string" } },
    });
    const [receipt, ...rest] = positionals;
    if (!receipt || rest.length > 0 || !values.jwks) return null;
    const today = beijingDateOf(Temporal.Instant.fromEpochMilliseconds(Date.now()));
    return {
      receipt,
      jwks: values.jwks,
      on: values.on === undefined ? today : Temporal.PlainDate.from(values.on),
    };
  } catch {
    return null;
  }
}

async function readKeySet(place: string): Promise<{ readonly keys: readonly JWK[] } | null> {
  try {
    const raw = /^https?:\/\//.test(place) ? await download(place) : await readFile(place, "utf8");
    return keySetShape.parse(JSON.parse(raw)) as { readonly keys: readonly JWK[] };
  } catch {
    return null;
  }
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const raw = await response.text();
  if (raw.length > MAX_KEYS_BYTES) throw new Error("too large");
  return raw;
}
