import type { ChannelCode } from "./channels.js";

/** Who is asking: a client application, never a person. */
export type Actor = ChannelActor | StaffActor;

interface ClientActor {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

export interface ChannelActor extends ClientActor {
  readonly kind: "CHANNEL";
  readonly channel: ChannelCode;
}

export interface StaffActor extends ClientActor {
  readonly kind: "STAFF";
}

/** What a client may do; granted when it is registered. */
export const scopes = ["status:read", "certification:write", "expiry:read"] as const;
export type Scope = (typeof scopes)[number];
