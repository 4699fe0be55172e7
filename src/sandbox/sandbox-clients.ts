import { type StaffRole, scopesOfChannel } from "../domain/actor.js";
import { channels } from "../domain/channels.js";
import { clientSecretIndex } from "../storage/channel-clients.js";
import type { Sealing } from "../storage/sealing.js";
import type { channelClient } from "../storage/tables.js";

/** The secret of every sandbox client: it guards synthetic people only, and production refuses the clients. */
export const SANDBOX_SECRET = "sandbox";

/** Districts whose street centres have a client each; sandbox-street-service-center is the city's, which sees all. */
const streetCentreDistricts: readonly { readonly districtCode: string; readonly name: string }[] = [
  { districtCode: "110105", name: "朝阳区" },
  { districtCode: "110108", name: "海淀区" },
];

const staffClients: readonly {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly StaffRole[];
}[] = [
  { id: "sandbox-staff", name: "沙箱经办人员", roles: ["OPERATOR", "REVIEWER", "SUPERVISOR"] },
  // Looks at what sandbox-staff has passed: nobody does both.
  { id: "sandbox-reviewer", name: "沙箱复核岗", roles: ["REVIEWER"] },
  { id: "sandbox-payroll", name: "沙箱发放岗", roles: ["PAYROLL"] },
  { id: "sandbox-auditor", name: "沙箱审计岗", roles: ["AUDITOR"] },
  { id: "sandbox-security-admin", name: "沙箱安全管理岗", roles: ["SECURITY_ADMIN"] },
];

/** The sandbox client of a channel: sandbox-icbc-app for ICBC_APP. */
export function sandboxClientId(code: string): string {
  return `sandbox-${code.toLowerCase().replaceAll("_", "-")}`;
}

/** One client a channel, two districts' street centres, and staff. */
export function sandboxClients(sealing: Sealing, now: Date): (typeof channelClient.$inferInsert)[] {
  const common = (id: string) => ({
    id,
    secretIndex: clientSecretIndex(sealing, id, SANDBOX_SECRET),
    sandbox: true,
    createdAt: now,
  });
  return [
    ...channels.map((channel) => ({
      ...common(sandboxClientId(channel.code)),
      name: `沙箱${channel.nameZh}`,
      kind: "CHANNEL" as const,
      channel: channel.code,
      scopes: [...scopesOfChannel(channel.code)],
    })),
    ...streetCentreDistricts.map(({ districtCode, name }) => ({
      ...common(`${sandboxClientId("STREET_SERVICE_CENTER")}-${districtCode}`),
      name: `沙箱${name}街镇便民服务中心`,
      kind: "CHANNEL" as const,
      channel: "STREET_SERVICE_CENTER" as const,
      scopes: [...scopesOfChannel("STREET_SERVICE_CENTER")],
      districtCode,
    })),
    ...staffClients.map(({ id, name, roles }) => ({
      ...common(id),
      name,
      kind: "STAFF" as const,
      channel: null,
      scopes: [],
      roles: [...roles],
    })),
  ];
}
