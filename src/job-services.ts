import { createAnchorSigner } from "./auth/audit-anchors.js";
import type { Config } from "./config.js";
import { openSmsGateway } from "./delivery/open-sms-gateway.js";
import { SandboxGateway } from "./delivery/sandbox-gateway.js";
import { settleReceiptsOf } from "./delivery/settle-receipt.js";
import type { SmsGateway } from "./delivery/sms-gateway.js";
import { createWebhookSender } from "./delivery/webhook-sender.js";
import type { JobServices } from "./jobs/schedule.js";
import type { Keys } from "./keys.js";
import type { Logger } from "./logging.js";
import type { Database } from "./storage/database.js";
import type { Sealing } from "./storage/sealing.js";

interface Given {
  readonly config: Config;
  readonly keys: Keys;
  readonly database: Database;
  readonly sealing: Sealing;
  readonly now: () => Temporal.Instant;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Who sends webhooks, as their readers see it. */
  readonly source: string;
}

/** A sandbox sends nothing to anyone, so it need not be held back. */
const SANDBOX_PER_SECOND = 10_000;

/** What the jobs work with: the outside world is opened here, and closed with the stack. */
export function openJobServices(stack: AsyncDisposableStack, given: Given): JobServices {
  const { config, keys, database, sealing, now, logger, source } = given;
  const sandbox = config.mode === "sandbox";
  const { send } = stack.use(createWebhookSender({ loopback: sandbox }));
  // Not before something is sent: a process that only serves is no subscriber of the carrier's.
  let gateway: SmsGateway | null | undefined;
  const openGateway = () => {
    if (gateway !== undefined) return gateway;
    gateway = openSmsGateway(config.sms, { sandbox: () => new SandboxGateway(), log: logger });
    if (gateway)
      settleReceiptsOf(gateway, { database, sealing, now }, (gatewayMessageId) =>
        logger.warn({ gatewayMessageId }, "a delivery receipt belongs to no message"),
      );
    return gateway;
  };
  stack.defer(async () => gateway?.[Symbol.asyncDispose]());
  return {
    database,
    sealing,
    autoApprove: sandbox,
    openGateway,
    limits: { perSecond: sandbox ? SANDBOX_PER_SECOND : config.smsPerSecond },
    send,
    source,
    signAnchor: createAnchorSigner(keys.receiptSigning),
    anchorFile: config.auditAnchorFile,
  };
}
