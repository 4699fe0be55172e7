import { AliyunGateway, type AliyunOptions } from "./aliyun-gateway.js";
import { type GatewayLog, SmppGateway, type SmppOptions } from "./smpp-gateway.js";
import type { SmsGateway } from "./sms-gateway.js";

/** Which gateway messages leave by; null: none, so that they stay queued. */
export type SmsSettings =
  | { readonly gateway: "sandbox" }
  | ({ readonly gateway: "smpp" } & SmppOptions)
  | ({ readonly gateway: "aliyun" } & AliyunOptions)
  | null;

/** The gateway of the settings. Without one messages stay queued, and the log says so. */
export function openSmsGateway(
  settings: SmsSettings,
  { sandbox, log }: { readonly sandbox: () => SmsGateway; readonly log: GatewayLog },
): SmsGateway | null {
  if (settings === null) {
    log.warn({}, "no SMS gateway: messages stay queued until SMS_GATEWAY is set");
    return null;
  }
  if (settings.gateway === "sandbox") return sandbox();
  if (settings.gateway === "aliyun") return new AliyunGateway(settings);
  return new SmppGateway(settings, log);
}
