import type { ChannelCode } from "./channels.js";

/** Who is asking: a client application, or a named member of staff. */
export type Actor = ChannelActor | StaffActor;

interface ClientActor {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Its own budget for cost; absent where the service's holds. */
  readonly budget?: ClientBudget;
}

export interface ClientBudget {
  readonly capacity: number;
  readonly restoredPerSecond: number;
}

export interface ChannelActor extends ClientActor {
  readonly kind: "CHANNEL";
  readonly channel: ChannelCode;
  /** EMPLOYER: whose people it may submit; null for the employers' common portal. */
  readonly employerCode: string | null;
  /** STREET_SERVICE_CENTER: whose desk it sees; null for the city's. */
  readonly districtCode: string | null;
}

export interface StaffActor extends ClientActor {
  readonly kind: "STAFF";
  readonly roles: ReadonlySet<StaffRole>;
}

/** What a client may do: granted to a channel when it is registered, to staff by their roles. */
export const scopes = [
  "status:read",
  "certification:write",
  "expiry:read",
  "visit:read",
  "visit:write",
  "contact:write",
  "review:write",
  "access-log:read",
  "identity:reveal",
  "client:read",
  "webhook:read",
  "webhook:write",
] as const;
export type Scope = (typeof scopes)[number];

export const staffRoles = ["OPERATOR", "REVIEWER", "PAYROLL", "SECURITY_ADMIN", "AUDITOR"] as const;
export type StaffRole = (typeof staffRoles)[number];

/** Who decides does not watch over the deciding, and no one can take a trace away. */
export const scopesOfRole: Readonly<Record<StaffRole, readonly Scope[]>> = {
  OPERATOR: [
    "status:read",
    "expiry:read",
    "visit:read",
    "visit:write",
    "contact:write",
    "identity:reveal",
    "webhook:read",
    "webhook:write",
  ],
  REVIEWER: ["status:read", "expiry:read", "review:write", "access-log:read", "identity:reveal"],
  PAYROLL: ["status:read", "expiry:read"],
  SECURITY_ADMIN: ["client:read", "access-log:read"],
  AUDITOR: ["status:read", "access-log:read", "client:read", "webhook:read"],
};

/** Whether the scopes change something, or watch over clients and traces: nobody holds both. */
export function actsAndWatches(held: Iterable<Scope>): boolean {
  const all = [...held];
  return all.some((scope) => scope.endsWith(":write")) && all.some((scope) => /^(client|audit):/.test(scope));
}

/** The scopes that roles have together. */
export function scopesOfRoles(roles: Iterable<StaffRole>): Scope[] {
  return scopesHeld({ scopes: [], roles: [...roles] });
}

/** What a client of this channel is given, and the most that it can be given. */
export function scopesOfChannel(channel: ChannelCode): readonly Scope[] {
  const every: readonly Scope[] = ["status:read", "certification:write", "contact:write", "webhook:write"];
  return channel === "STREET_SERVICE_CENTER" ? [...every, "visit:read", "visit:write"] : every;
}

/** All that a registered client may: its own scopes and those of its roles. */
export function scopesHeld(client: {
  readonly scopes: readonly string[];
  readonly roles: readonly StaffRole[];
}): Scope[] {
  const held = new Set<string>([...client.scopes, ...client.roles.flatMap((role) => scopesOfRole[role])]);
  return scopes.filter((scope) => held.has(scope));
}
