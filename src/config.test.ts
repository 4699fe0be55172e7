import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.js";

const database = "postgresql://localhost/changqing";
const production = {
  MODE: "production",
  DATABASE_URL: database,
  KEYS_FILE: "/etc/changqing/keys.json",
  PUBLIC_URL: "https://api.example",
};

describe("the mode", () => {
  test("is sandbox without anything set, on the embedded database", () => {
    expect(readConfig({})).toEqual({
      mode: "sandbox",
      host: "127.0.0.1",
      port: 4000,
      publicUrl: undefined,
      databaseUrl: undefined,
      dataDir: ".data",
      sandboxClock: undefined,
      keysFile: undefined,
      faceVerifiersFile: undefined,
      evidence: { store: { kind: "directory", directory: ".data/evidence" }, filesRequired: false },
      audit: "strict",
      poolSize: 10,
      rateLimits: {
        cost: { capacity: 50_000, restoredPerSecond: 1_000 },
        misses: { capacity: 1_000, restoredPerSecond: 1 },
      },
      sms: { gateway: "sandbox" },
      smsPerSecond: 50,
      jobs: true,
      auditAnchorFile: undefined,
      logLevel: "info",
    });
  });

  test("JOBS=off leaves the jobs to workers; anything else is refused", () => {
    expect(readConfig({ JOBS: "off" }).jobs).toBe(false);
    expect(() => readConfig({ JOBS: "maybe" })).toThrow(/JOBS/);
  });

  test("is production as soon as there is a DATABASE_URL", () => {
    const { MODE: _, ...rest } = production;
    expect(readConfig(rest).mode).toBe("production");
  });

  test("is sandbox with a DATABASE_URL only when that is said", () => {
    expect(readConfig({ DATABASE_URL: database, MODE: "sandbox" }).mode).toBe("sandbox");
    expect(() => readConfig({ DATABASE_URL: database })).toThrow(/KEYS_FILE.*MODE=sandbox/s);
  });
});

describe("production", () => {
  test("starts with its four settings", () => {
    expect(readConfig(production)).toMatchObject({
      mode: "production",
      databaseUrl: database,
      keysFile: "/etc/changqing/keys.json",
      publicUrl: "https://api.example",
    });
  });

  test.each([
    ["KEYS_FILE", /KEYS_FILE.*keys generate/],
    ["PUBLIC_URL", /PUBLIC_URL/],
    ["DATABASE_URL", /DATABASE_URL.*ALLOW_EMBEDDED_DB/],
  ] as const)("refuses to start without %s, and says so", (name, message) => {
    const { [name]: _, ...rest } = production;
    expect(() => readConfig(rest)).toThrow(ConfigError);
    expect(() => readConfig(rest)).toThrow(message);
  });

  test("refuses a SANDBOX_CLOCK", () => {
    const settings = { ...production, SANDBOX_CLOCK: "2026-05-01T00:00:00Z" };
    expect(() => readConfig(settings)).toThrow(/SANDBOX_CLOCK/);
  });

  test.each(["true", "1"])("takes the embedded database with ALLOW_EMBEDDED_DB=%s", (flag) => {
    const { DATABASE_URL: _, ...rest } = production;
    expect(readConfig({ ...rest, ALLOW_EMBEDDED_DB: flag })).toMatchObject({
      mode: "production",
      databaseUrl: undefined,
    });
  });

  test.each(["false", "0", ""])("refuses the embedded database with ALLOW_EMBEDDED_DB=%s", (flag) => {
    const { DATABASE_URL: _, ...rest } = production;
    expect(() => readConfig({ ...rest, ALLOW_EMBEDDED_DB: flag })).toThrow(/DATABASE_URL/);
  });
});

describe("NODE_ENV=production", () => {
  test("refuses the embedded database in the sandbox too", () => {
    expect(() => readConfig({ NODE_ENV: "production" })).toThrow(/embedded database/);
    expect(() => readConfig({ NODE_ENV: "production", MODE: "sandbox" })).toThrow(/embedded database/);
  });

  test("takes it when that is said", () => {
    expect(readConfig({ NODE_ENV: "production", ALLOW_EMBEDDED_DB: "true" }).mode).toBe("sandbox");
  });

  test("is no matter on PostgreSQL", () => {
    expect(readConfig({ ...production, NODE_ENV: "production" }).mode).toBe("production");
  });
});

describe("files of evidence", () => {
  test("are kept in the data directory, or where it is said", () => {
    const directoryOf = (env: Record<string, string>) => readConfig(env).evidence.store;
    expect(directoryOf({ DATA_DIR: "/data" })).toEqual({ kind: "directory", directory: "/data/evidence" });
    expect(directoryOf({ EVIDENCE_DIR: "/files" })).toEqual({ kind: "directory", directory: "/files" });
  });

  test("are kept in a bucket when there is one, and in one place only", () => {
    const bucket = { EVIDENCE_S3_BUCKET: "evidence-1" };
    expect(readConfig(bucket).evidence.store).toEqual({
      kind: "s3",
      bucket: "evidence-1",
      region: "us-east-1",
      endpoint: undefined,
    });
    const elsewhere = { EVIDENCE_S3_ENDPOINT: "http://127.0.0.1:9000", EVIDENCE_S3_REGION: "cn-north-1" };
    expect(readConfig({ ...bucket, ...elsewhere }).evidence.store).toMatchObject({
      region: "cn-north-1",
      endpoint: "http://127.0.0.1:9000",
    });
    expect(() => readConfig({ ...bucket, EVIDENCE_DIR: "/files" })).toThrow(
      /EVIDENCE_DIR.*EVIDENCE_S3_BUCKET/,
    );
  });

  test("are required in production, unless it is said otherwise", () => {
    expect(readConfig(production).evidence.filesRequired).toBe(true);
    expect(readConfig({ ...production, EVIDENCE_FILES: "optional" }).evidence.filesRequired).toBe(false);
    expect(readConfig({ EVIDENCE_FILES: "required" }).evidence.filesRequired).toBe(true);
  });
});

describe("a setting that does not fit", () => {
  test.each([
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "4000.5"],
    ["PORT", "http"],
    ["DATABASE_URL", "mysql://localhost/changqing"],
    ["MODE", "prod"],
    ["MODE", "Sandbox"],
    ["SANDBOX_CLOCK", "2026-05-01"],
    ["SANDBOX_CLOCK", "2026-13-01T00:00:00Z"],
    ["SANDBOX_CLOCK", "yesterday"],
    ["PUBLIC_URL", "api.example"],
    ["ALLOW_EMBEDDED_DB", "yes"],
    ["AUDIT", "off"],
    ["EVIDENCE_S3_BUCKET", "No Bucket"],
    ["EVIDENCE_S3_ENDPOINT", "ftp://files"],
    ["EVIDENCE_FILES", "sometimes"],
    ["POOL_SIZE", "1"],
    ["LOG_LEVEL", "verbose"],
  ])("%s=%s is refused by name", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  test("several are told at once, none with its value", () => {
    const attempt = () => readConfig({ PORT: "x", AUDIT: "y", DATABASE_URL: "user:secret@host" });
    expect(attempt).toThrow(/PORT.*AUDIT|AUDIT.*PORT/s);
    expect(attempt).toThrow(expect.not.objectContaining({ message: expect.stringContaining("secret") }));
  });
});

describe("a setting that is understood", () => {
  test("empty counts as not set", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "", MODE: "", SANDBOX_CLOCK: "" })).toEqual(readConfig({}));
  });

  test("a clock with an offset", () => {
    const { sandboxClock } = readConfig({ SANDBOX_CLOCK: "2026-06-01T00:00:00+08:00" });
    expect(sandboxClock?.toString()).toBe("2026-05-31T16:00:00Z");
  });

  test("a public address loses its final slash, so that it can be an issuer", () => {
    expect(readConfig({ PUBLIC_URL: "https://api.example/" }).publicUrl).toBe("https://api.example");
  });

  test.each(["postgres://localhost/x", "postgresql://localhost/x"])("%s", (url) => {
    expect(readConfig({ MODE: "sandbox", DATABASE_URL: url }).databaseUrl).toBe(url);
  });
});

describe("the agency's own sign-in", () => {
  const staff = {
    STAFF_ISSUER: "https://sign-in.agency.example",
    STAFF_JWKS_URI: "https://sign-in.agency.example/jwks",
    STAFF_AUDIENCE: "changqing-api",
  };

  test("is read as a whole, with a claim for the roles", () => {
    expect(readConfig({}).staffIssuer).toBeUndefined();
    expect(readConfig(staff).staffIssuer).toEqual({
      issuer: "https://sign-in.agency.example",
      jwksUri: new URL("https://sign-in.agency.example/jwks"),
      audience: "changqing-api",
      rolesClaim: "roles",
    });
    expect(readConfig({ ...staff, STAFF_ROLES_CLAIM: "groups" }).staffIssuer?.rolesClaim).toBe("groups");
  });

  test.each(Object.keys(staff))("without %s it is refused", (name) => {
    expect(() => readConfig({ ...staff, [name]: "" })).toThrow(/are set together/);
  });

  test.each([
    [{ STAFF_JWKS_URI: "http://sign-in.agency.example/jwks" }, /must be https/],
    [{ STAFF_JWKS_URI: "http://localhost.elsewhere.example/jwks" }, /must be https/],
    [{ STAFF_JWKS_URI: "file:///etc/keys" }, /must be https/],
    [{ STAFF_JWKS_URI: "jwks" }, /STAFF_JWKS_URI/],
    [{ PUBLIC_URL: "https://sign-in.agency.example/" }, /is the service itself/],
  ])("%j is refused", (change, message) => {
    expect(() => readConfig({ ...staff, ...change })).toThrow(ConfigError);
    expect(() => readConfig({ ...staff, ...change })).toThrow(message);
  });

  test("keys on this machine need no https", () => {
    const STAFF_JWKS_URI = "http://127.0.0.1:8080/jwks";
    expect(readConfig({ ...staff, STAFF_JWKS_URI }).staffIssuer?.jwksUri.port).toBe("8080");
  });
});

describe("the SMS gateway", () => {
  const smpp = { ...production, SMS_GATEWAY: "smpp", SMPP_SOURCE: "10691233", SMPP_PASSWORD: "s3cret" };

  test("is none in production unless set: messages stay queued", () => {
    expect(readConfig(production).sms).toBe(null);
    expect(() => readConfig({ ...production, SMS_GATEWAY: "sandbox" })).toThrow(/sends nothing/);
  });

  test("by SMPP has its address in a URL and its password apart from it", () => {
    expect(readConfig({ ...smpp, SMPP_URL: "smpps://agency@smsc.example:3550" }).sms).toMatchObject({
      gateway: "smpp",
      host: "smsc.example",
      port: 3550,
      systemId: "agency",
      password: "s3cret",
      tls: {},
      window: 10,
    });
  });

  test("is not named with its password when the setting is wrong", () => {
    const wrong = { ...smpp, SMPP_URL: "http://agency:s3cret@smsc.example" };
    expect(() => readConfig(wrong)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("s3cret") }),
    );
  });

  test("of the sandbox reaches nobody outside this machine", () => {
    const sandbox = { SMS_GATEWAY: "smpp", SMPP_SOURCE: "1069", SMPP_PASSWORD: "x" };
    expect(() => readConfig({ ...sandbox, SMPP_URL: "smpp://a@smsc.example" })).toThrow(/this machine/);
    expect(readConfig({ ...sandbox, SMPP_URL: "smpp://a@127.0.0.1" }).sms).toMatchObject({ port: 2775 });
  });

  test("at Aliyun needs its keys, sign and template, and https", () => {
    const aliyun = {
      ...production,
      SMS_GATEWAY: "aliyun",
      ALIYUN_ACCESS_KEY_ID: "id",
      ALIYUN_ACCESS_KEY_SECRET: "secret",
      ALIYUN_SIGN_NAME: "北京市人力社保局",
      ALIYUN_TEMPLATE_CODE: "SMS_1",
    };
    expect(readConfig(aliyun).sms).toMatchObject({
      gateway: "aliyun",
      endpoint: "https://dysmsapi.aliyuncs.com",
    });
    expect(() => readConfig({ ...aliyun, ALIYUN_SIGN_NAME: "" })).toThrow(/ALIYUN_SIGN_NAME/);
    expect(() => readConfig({ ...aliyun, ALIYUN_ENDPOINT: "http://sms.example" })).toThrow(/https/);
  });
});
