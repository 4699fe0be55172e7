import "reflect-metadata";
import { AccessTokens, publicJwk } from "./auth/access-tokens.js";
import { createAuthorizationServer, type TokenHandler } from "./auth/authorization-server.js";
import { createFaceAssertionVerifier, type FaceVerifiers } from "./auth/face-verifiers.js";
import { RateLimits } from "./auth/rate-limits.js";
import { createReceiptSigner } from "./auth/receipts.js";
import { StaffTokens } from "./auth/staff-tokens.js";
import type { Config } from "./config.js";
import { createGraphQLEndpoint, type GraphQLEndpoint } from "./graphql/apollo.js";
import type { GraphQLServices } from "./graphql/context.js";
import { employerLineReader } from "./graphql/employer-line.js";
import { buildServedSchema } from "./graphql/schema.js";
import { jobReporter } from "./job-report.js";
import { openJobServices } from "./job-services.js";
import type { Job } from "./jobs/job.js";
import type { JobHost } from "./jobs/run-due.js";
import { jobsOf } from "./jobs/schedule.js";
import { type Keys, loadKeys, readFaceVerifiers } from "./keys.js";
import { createLogger, type Logger } from "./logging.js";
import { createMetrics, type Metrics } from "./metrics.js";
import type { EmployerItemInput } from "./operations/employer-items.js";
import { prepareSandbox } from "./sandbox/prepare-sandbox.js";
import { SandboxClock } from "./sandbox/sandbox-clock.js";
import { createSandboxControl, SANDBOX_VERIFIER } from "./sandbox/sandbox-control.js";
import { SandboxJobs } from "./sandbox/sandbox-jobs.js";
import { AccessLog } from "./storage/access-log.js";
import { createAuditChains } from "./storage/audit.js";
import type { Database } from "./storage/database.js";
import { holdKeys } from "./storage/key-versions.js";
import { openStorage } from "./storage/open.js";
import { openEvidenceStore } from "./storage/open-evidence-store.js";
import { Sealing } from "./storage/sealing.js";
import { registerWorkMetrics } from "./work-metrics.js";

/** Everything the service is made of, wired once. Disposing closes it in order. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly sealing: Sealing;
  readonly services: GraphQLServices;
  readonly graphql: GraphQLEndpoint;
  /** Reads the lines of employers' files. */
  readonly readEmployerLine: (text: string) => EmployerItemInput;
  readonly accessTokens: AccessTokens;
  readonly tokenEndpoint: TokenHandler;
  /** What the jobs are run with. */
  readonly jobHost: Omit<JobHost, "signal">;
  /** Sandbox only: jobs by the sandbox's clock. */
  readonly sandboxJobs: ((host: JobHost) => SandboxJobs) | undefined;
  /** False when the process must be restarted with the present key file. */
  keysAreUsable(): boolean;
  /** Public keys by which tokens and receipts are verified. */
  readonly publicKeys: readonly object[];
}

/** What a test may replace. */
export interface AppOverrides {
  readonly database?: Database;
  readonly keys?: Keys;
  readonly logger?: Logger;
  /** In place of the table of jobs. */
  readonly jobs?: readonly Job[];
}

/** The one composition root. */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const logger = overrides.logger ?? createLogger(config.logLevel);
  await using stack = new AsyncDisposableStack();
  // A clock that is being moved stops between two jobs when the process ends.
  const stopping = new AbortController();
  const keys = overrides.keys ?? (await loadKeys(config));
  const sealing = new Sealing(keys.sealing);
  const database = stack.use(
    overrides.database ??
      (await openStorage({
        ...config,
        onIdleError: (error) => logger.warn({ err: error }, "an idle database connection was lost"),
      })),
  );
  const held = stack.use(
    await holdKeys(database, sealing, (error) =>
      logger.error({ err: error }, "keys: this process must be restarted with the present key file"),
    ),
  );
  await database.transact(createAuditChains);

  const sandbox = config.mode === "sandbox";
  const clock = sandbox ? stack.use(await SandboxClock.open(database, config.sandboxClock)) : undefined;
  const now = clock ? () => clock.now() : () => Temporal.Instant.fromEpochMilliseconds(Date.now());
  if (sandbox) await prepareSandbox(database, sealing, now());

  const accessLog = stack.use(
    new AccessLog(database.db, config.audit, (error) =>
      logger.error({ err: error }, "a record of a read was lost"),
    ),
  );
  const metrics = createMetrics(database);
  const issuer = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const jobHost = {
    database,
    now,
    jobs:
      overrides.jobs ??
      jobsOf(openJobServices(stack, { config, keys, database, sealing, now, logger, source: issuer })),
    onOutcome: jobReporter(metrics, logger),
  };
  const jobs = jobHost.jobs.map(({ name }) => name);
  registerWorkMetrics(metrics.registry, { database, now, jobs });
  const sandboxJobs = clock && ((host: Omit<JobHost, "now">) => new SandboxJobs(host, clock));
  await sandboxJobs?.({ ...jobHost, signal: stopping.signal }).begin();
  const services: GraphQLServices = {
    database,
    sealing,
    accessLog,
    rateLimits: new RateLimits(database.db, config.rateLimits),
    verifyFaceAssertion: createFaceAssertionVerifier(await faceVerifiersOf(config, keys)),
    evidenceFiles: {
      store: openEvidenceStore(config.evidence.store),
      filesRequired: config.evidence.filesRequired,
    },
    signReceipt: createReceiptSigner(issuer, keys.receiptSigning),
    now,
    sandboxControl:
      clock && sandboxJobs && keys.sandboxFaceVerifier
        ? createSandboxControl(
            clock,
            keys.sandboxFaceVerifier,
            sandboxJobs({ ...jobHost, signal: stopping.signal }),
          )
        : undefined,
  };
  const schema = buildServedSchema();
  const graphql = stack.use(
    await createGraphQLEndpoint({
      schema,
      openIntrospection: sandbox,
      onError: (told, error, { requestId }) => {
        const { code } = told.extensions;
        metrics.errors.inc({ code });
        if (code === "INTERNAL_SERVER_ERROR")
          logger.error({ err: error, requestId, code }, "a request failed");
        else if (code === "UPSTREAM_UNAVAILABLE")
          logger.warn({ err: error, requestId, code }, "the database did not answer");
      },
    }),
  );
  const tokens = { db: database.db, sealing, issuer, signingKeys: keys.tokenSigning, sandbox };
  const staff =
    config.staffIssuer &&
    new StaffTokens({
      ...config.staffIssuer,
      onTrouble: (trouble, error) =>
        logger.warn({ trouble, ...(error ? { err: error } : {}) }, "a staff token was not taken"),
    });
  stack.defer(() => stopping.abort());
  const owned = stack.move();
  return {
    config,
    logger,
    metrics,
    database,
    sealing,
    services,
    graphql,
    accessTokens: new AccessTokens({ ...tokens, staff }),
    readEmployerLine: employerLineReader(schema),
    tokenEndpoint: createAuthorizationServer({
      ...tokens,
      cookieKey: keys.cookie,
      onError: (error, requestId) => logger.error({ err: error, requestId }, "a token request failed"),
    }),
    jobHost,
    sandboxJobs,
    keysAreUsable: () => held.usable,
    publicKeys: [...keys.tokenSigning, ...keys.receiptSigning].map(publicJwk),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function faceVerifiersOf(config: Config, keys: Keys): Promise<FaceVerifiers> {
  const verifiers = new Map(
    config.faceVerifiersFile ? await readFaceVerifiers(config.faceVerifiersFile) : [],
  );
  if (config.mode === "sandbox" && keys.sandboxFaceVerifier) {
    verifiers.set(SANDBOX_VERIFIER, [publicJwk(keys.sandboxFaceVerifier)]);
  }
  return verifiers;
}
