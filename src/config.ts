import { join } from "node:path";
import { z } from "zod";
import type { RateLimitRules } from "./auth/rate-limits.js";
import type { StaffIssuerRules } from "./auth/staff-tokens.js";
import type { SmsSettings } from "./delivery/open-sms-gateway.js";
import type { EvidenceStoreOptions } from "./storage/evidence-store.js";

/** A setting is missing or wrong; the message names it and says what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1");

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

const points = z.coerce.number().positive();

const environment = z.object({
  PORT: port.default(4000),
  HOST: z.string().min(1).default("127.0.0.1"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgres:// or postgresql://")
    .optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  MODE: z.enum(["sandbox", "production"]).optional(),
  NODE_ENV: z.string().optional(),
  SANDBOX_CLOCK: z.iso.datetime({ offset: true, message: "must be an RFC 3339 date and time" }).optional(),
  PUBLIC_URL: z.url().optional(),
  KEYS_FILE: z.string().min(1).optional(),
  FACE_VERIFIERS_FILE: z.string().min(1).optional(),
  EVIDENCE_DIR: z.string().min(1).optional(),
  EVIDENCE_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket's name")
    .optional(),
  EVIDENCE_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  EVIDENCE_S3_REGION: z.string().min(1).default("us-east-1"),
  EVIDENCE_FILES: z.enum(["optional", "required"]).optional(),
  ALLOW_EMBEDDED_DB: flag.default(false),
  AUDIT: z.enum(["strict", "relaxed"]).default("strict"),
  POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
  RATE_LIMIT_POINTS: points.default(50_000),
  RATE_LIMIT_POINTS_PER_SECOND: points.default(1_000),
  MISS_LIMIT: points.default(1_000),
  MISS_LIMIT_PER_HOUR: points.default(3_600),
  STAFF_ISSUER: z.url().optional(),
  STAFF_JWKS_URI: z.url().optional(),
  STAFF_AUDIENCE: z.string().min(1).optional(),
  STAFF_ROLES_CLAIM: z.string().min(1).default("roles"),
  SMS_GATEWAY: z.enum(["sandbox", "smpp", "aliyun"]).optional(),
  SMS_PER_SECOND: points.default(50),
  SMPP_URL: z.string().optional(),
  SMPP_PASSWORD: z.string().optional(),
  SMPP_SOURCE: z
    .string()
    .regex(/^[\w+ -]{1,20}$/, "must be a number or a name of at most 20 letters")
    .optional(),
  SMPP_NUMBERS: z.enum(["international", "national"]).default("international"),
  SMPP_MESSAGE_IDS: z.enum(["same", "hex-then-decimal", "decimal-then-hex"]).default("same"),
  SMPP_WINDOW: z.coerce.number().int().min(1).max(1_000).default(10),
  ALIYUN_ENDPOINT: z.url({ protocol: /^https?$/ }).default("https://dysmsapi.aliyuncs.com"),
  ALIYUN_ACCESS_KEY_ID: z.string().optional(),
  ALIYUN_ACCESS_KEY_SECRET: z.string().optional(),
  ALIYUN_SIGN_NAME: z.string().optional(),
  ALIYUN_TEMPLATE_CODE: z.string().optional(),
  JOBS: z.enum(["on", "off"]).default("on"),
  AUDIT_ANCHOR_FILE: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
});

export type Mode = "sandbox" | "production";

export interface Config {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  /** Where clients reach the service; the issuer of its tokens. Derived from the listening address when absent. */
  readonly publicUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly sandboxClock: Temporal.Instant | undefined;
  readonly keysFile: string | undefined;
  readonly faceVerifiersFile: string | undefined;
  readonly evidence: {
    readonly store: EvidenceStoreOptions;
    /** Whether employers must have uploaded a file before they submit it. */
    readonly filesRequired: boolean;
  };
  /** strict: an answer waits until the record of the read is committed. */
  readonly audit: "strict" | "relaxed";
  readonly poolSize: number;
  /** Budgets a client has; see the README. */
  readonly rateLimits: RateLimitRules;
  /** The agency's own sign-in; undefined where staff have clients of the service. */
  readonly staffIssuer: StaffIssuerRules | undefined;
  /** Which gateway messages leave by; null: none, so that they stay queued. */
  readonly sms: SmsSettings;
  /** The most that all processes together hand to the gateway: one at a time sends. */
  readonly smsPerSecond: number;
  /** Whether a serving process also runs the jobs; off where workers do. */
  readonly jobs: boolean;
  /** Where the anchors of the audit chains are appended to; best where nobody who can write the database can change it. */
  readonly auditAnchorFile: string | undefined;
  readonly logLevel: string;
}

/** Settings from the environment, checked as a whole; throws ConfigError naming every fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigError(`the environment does not fit: ${faults.join("; ")}`);
  }
  const values = parsed.data;
  const mode = values.MODE ?? (values.DATABASE_URL ? "production" : "sandbox");
  const embedded = values.DATABASE_URL === undefined;
  if (mode === "production") {
    if (!values.KEYS_FILE) {
      throw new ConfigError(
        "production needs KEYS_FILE: a key file made by `npm run cli -- keys generate FILE`" +
          (values.MODE ? "" : " (with DATABASE_URL the mode is production unless MODE=sandbox is set)"),
      );
    }
    if (values.SANDBOX_CLOCK)
      throw new ConfigError("SANDBOX_CLOCK cannot be set in production: its clock is the real one");
    if (!values.PUBLIC_URL)
      throw new ConfigError("production needs PUBLIC_URL: the address in the tokens it issues");
  }
  if (embedded && !values.ALLOW_EMBEDDED_DB && (mode === "production" || values.NODE_ENV === "production")) {
    throw new ConfigError(
      "the embedded database can lose acknowledged certifications in a power cut: set DATABASE_URL, or ALLOW_EMBEDDED_DB=true if that is acceptable",
    );
  }
  return {
    mode,
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL?.replace(/\/$/, ""),
    databaseUrl: values.DATABASE_URL,
    dataDir: values.DATA_DIR,
    sandboxClock: values.SANDBOX_CLOCK ? Temporal.Instant.from(values.SANDBOX_CLOCK) : undefined,
    keysFile: values.KEYS_FILE,
    faceVerifiersFile: values.FACE_VERIFIERS_FILE,
    evidence: evidenceOf(values, mode),
    audit: values.AUDIT,
    poolSize: values.POOL_SIZE,
    rateLimits: {
      cost: { capacity: values.RATE_LIMIT_POINTS, restoredPerSecond: values.RATE_LIMIT_POINTS_PER_SECOND },
      misses: { capacity: values.MISS_LIMIT, restoredPerSecond: values.MISS_LIMIT_PER_HOUR / 3_600 },
    },
    staffIssuer: staffIssuerOf(values),
    sms: smsOf(values, mode),
    smsPerSecond: values.SMS_PER_SECOND,
    jobs: values.JOBS === "on",
    auditAnchorFile: values.AUDIT_ANCHOR_FILE,
    logLevel: values.LOG_LEVEL,
  };
}

function staffIssuerOf(values: z.infer<typeof environment>): StaffIssuerRules | undefined {
  const { STAFF_ISSUER: issuer, STAFF_JWKS_URI: uri, STAFF_AUDIENCE: audience } = values;
  if (issuer === undefined && uri === undefined && audience === undefined) return undefined;
  if (issuer === undefined || uri === undefined || audience === undefined)
    throw new ConfigError("STAFF_ISSUER, STAFF_JWKS_URI and STAFF_AUDIENCE are set together or not at all");
  if (issuer.replace(/\/$/, "") === values.PUBLIC_URL?.replace(/\/$/, ""))
    throw new ConfigError("STAFF_ISSUER is the service itself (PUBLIC_URL): name the outside issuer");
  const jwksUri = new URL(uri);
  const local = loopback.test(jwksUri.hostname);
  if (jwksUri.protocol !== "https:" && !(jwksUri.protocol === "http:" && local))
    throw new ConfigError("STAFF_JWKS_URI must be https: whoever changes the keys on the way becomes staff");
  return { issuer, jwksUri, audience, rolesClaim: values.STAFF_ROLES_CLAIM };
}

function evidenceOf(values: z.infer<typeof environment>, mode: Mode): Config["evidence"] {
  if (values.EVIDENCE_DIR && values.EVIDENCE_S3_BUCKET)
    throw new ConfigError("EVIDENCE_DIR and EVIDENCE_S3_BUCKET are both set: files are kept in one place");
  const byDefault = mode === "production" ? "required" : "optional";
  return {
    store: evidenceStoreOf(values),
    filesRequired: (values.EVIDENCE_FILES ?? byDefault) === "required",
  };
}

function evidenceStoreOf(values: z.infer<typeof environment>): EvidenceStoreOptions {
  const { EVIDENCE_S3_BUCKET: bucket, EVIDENCE_S3_REGION: region, EVIDENCE_S3_ENDPOINT: endpoint } = values;
  if (bucket) return { kind: "s3", bucket, region, endpoint };
  return { kind: "directory", directory: values.EVIDENCE_DIR ?? join(values.DATA_DIR, "evidence") };
}

function smsOf(values: z.infer<typeof environment>, mode: Mode): SmsSettings {
  const gateway = values.SMS_GATEWAY ?? (mode === "sandbox" ? "sandbox" : undefined);
  if (gateway === undefined) return null;
  if (gateway === "sandbox") {
    if (mode === "production")
      throw new ConfigError(
        "SMS_GATEWAY=sandbox sends nothing: in production set smpp or aliyun, or leave it out",
      );
    return { gateway };
  }
  const settings = gateway === "smpp" ? smppOf(values) : aliyunOf(values);
  const host = settings.gateway === "smpp" ? settings.host : new URL(settings.endpoint).hostname;
  if (mode === "sandbox" && !loopback.test(host))
    throw new ConfigError(
      `SMS_GATEWAY=${gateway} in the sandbox may only reach this machine: its invented phones may be somebody's`,
    );
  return settings;
}

/** The URL is never repeated in a message: it may hold the password. */
function smppOf(values: z.infer<typeof environment>) {
  const given = values.SMPP_URL ?? "";
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^smpps?:$/.test(url.protocol) || !url.hostname || !url.username || !values.SMPP_SOURCE)
    throw new ConfigError(
      "SMS_GATEWAY=smpp needs SMPP_URL=smpp://USER@HOST:PORT (or smpps://), SMPP_PASSWORD and SMPP_SOURCE",
    );
  const isEncrypted = url.protocol === "smpps:";
  return {
    gateway: "smpp",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (isEncrypted ? 3550 : 2775),
    systemId: decodeURIComponent(url.username),
    password: values.SMPP_PASSWORD ?? decodeURIComponent(url.password),
    tls: isEncrypted ? {} : undefined,
    source: values.SMPP_SOURCE,
    numbers: values.SMPP_NUMBERS,
    messageIds: values.SMPP_MESSAGE_IDS,
    window: values.SMPP_WINDOW,
  } as const;
}

function aliyunOf(values: z.infer<typeof environment>) {
  const { ALIYUN_ACCESS_KEY_ID: accessKeyId, ALIYUN_ACCESS_KEY_SECRET: accessKeySecret } = values;
  const { ALIYUN_SIGN_NAME: signName, ALIYUN_TEMPLATE_CODE: templateCode } = values;
  if (!accessKeyId || !accessKeySecret || !signName || !templateCode)
    throw new ConfigError(
      "SMS_GATEWAY=aliyun needs ALIYUN_ACCESS_KEY_ID, ALIYUN_ACCESS_KEY_SECRET, ALIYUN_SIGN_NAME and ALIYUN_TEMPLATE_CODE",
    );
  const endpoint = values.ALIYUN_ENDPOINT;
  if (new URL(endpoint).protocol !== "https:" && !loopback.test(new URL(endpoint).hostname))
    throw new ConfigError("ALIYUN_ENDPOINT must be https: numbers and texts travel to it");
  return { gateway: "aliyun", accessKeyId, accessKeySecret, endpoint, signName, templateCode } as const;
}
