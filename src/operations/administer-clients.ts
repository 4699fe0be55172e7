import { randomBytes } from "node:crypto";
import {
  actsAndWatches,
  type Scope,
  type StaffRole,
  scopesOfChannel,
  scopesOfRoles,
} from "../domain/actor.js";
import type { ChannelCode } from "../domain/channels.js";
import { appendSystemAudit } from "../storage/audit.js";
import {
  type ClientRecord,
  clientSecretIndex,
  insertClient,
  lockClient,
  updateClient,
} from "../storage/channel-clients.js";
import type { Database, Tx } from "../storage/database.js";
import type { Sealing } from "../storage/sealing.js";

/** The client cannot be registered or changed like this; the message says why. */
export class ClientFault extends Error {
  override readonly name = "ClientFault";
}

export interface ClientAdministration {
  readonly database: Database;
  readonly sealing: Sealing;
  /** Clients of a sandbox are of no use outside it. */
  readonly sandbox: boolean;
  readonly now: Date;
  readonly requestId: string;
}

/** A set of public keys, as JSON has it. */
export interface PublicKeySet {
  readonly keys: readonly object[];
}

export interface NewClient {
  readonly name: string;
  /** null for staff. */
  readonly channel: ChannelCode | null;
  readonly roles: readonly StaffRole[];
  /** null: all that the channel's clients are given. */
  readonly scopes: readonly Scope[] | null;
  readonly employerCode: string | null;
  readonly districtCode: string | null;
  /** EMPLOYER, STREET_SERVICE_CENTER: the common one of the whole city, bound to no employer or district. */
  readonly portal: boolean;
  readonly contact: string | null;
  readonly budget: { readonly points: number; readonly pointsPerSecond: number } | null;
  /** null: it proves itself by a secret. */
  readonly jwks: PublicKeySet | null;
}

export interface Credentials {
  readonly id: string;
  /** Shown this once; null for a client with keys of its own. */
  readonly secret: string | null;
}

const ID_BYTES = 5;
const SECRET_BYTES = 32;

/** Registers a client. Only the keyed hash of its secret is kept. */
export async function createClient(admin: ClientAdministration, client: NewClient): Promise<Credentials> {
  refuseUnfit(client);
  const { channel, jwks, budget } = client;
  const kind = channel?.toLowerCase().replaceAll("_", "-") ?? "staff";
  const id = `${kind}-${randomBytes(ID_BYTES).toString("hex")}`;
  const secret = jwks ? null : newSecret();
  await admin.database.transact(async (tx) => {
    await insertClient(tx, {
      id,
      name: client.name,
      kind: channel === null ? "STAFF" : "CHANNEL",
      channel,
      scopes: channel === null ? [] : [...(client.scopes ?? scopesOfChannel(channel))],
      roles: [...client.roles],
      employerCode: client.employerCode,
      districtCode: client.districtCode,
      contact: client.contact,
      secretIndex: secret === null ? null : clientSecretIndex(admin.sealing, id, secret),
      jwks,
      ratePoints: budget?.points ?? null,
      ratePointsPerSecond: budget?.pointsPerSecond ?? null,
      sandbox: admin.sandbox,
      createdAt: admin.now,
    });
    await note(tx, admin, id, "clientCreate", "CREATED");
  });
  return { id, secret };
}

/**
 * Gives the client a new secret, or new keys in place of its keys. The old secret is good until the overlap ends, so that
 * a client can be changed over machine by machine; one from before that is good no longer.
 */
export async function rotateClient(
  admin: ClientAdministration,
  id: string,
  { overlapHours, jwks }: { readonly overlapHours: number; readonly jwks: PublicKeySet | null },
): Promise<Credentials> {
  const secret = jwks ? null : newSecret();
  await changeClient(admin, id, "clientRotate", "ROTATED", (client) => {
    if (secret === null) {
      if (client.secretIndex) throw new ClientFault(`${id} has a secret, not keys: rotate it without --jwks`);
      return { jwks };
    }
    if (!client.secretIndex) throw new ClientFault(`${id} has keys of its own: rotate it with --jwks FILE`);
    const until = new Date(admin.now.getTime() + overlapHours * 3_600_000);
    return {
      secretIndex: clientSecretIndex(admin.sealing, id, secret),
      previousSecretIndex: overlapHours > 0 ? client.secretIndex : null,
      previousSecretUntil: overlapHours > 0 ? until : null,
    };
  });
  return { id, secret };
}

/** Disabled, a client gets no tokens, and those it has are refused within seconds. */
export async function disableClient(admin: ClientAdministration, id: string): Promise<void> {
  await changeClient(admin, id, "clientDisable", "DISABLED", (client) => {
    if (client.disabledAt) throw new ClientFault(`${id} is disabled already`);
    return { disabledAt: admin.now };
  });
}

export async function enableClient(admin: ClientAdministration, id: string): Promise<void> {
  await changeClient(admin, id, "clientEnable", "ENABLED", (client) => {
    if (!client.disabledAt) throw new ClientFault(`${id} is not disabled`);
    return { disabledAt: null };
  });
}

async function changeClient(
  admin: ClientAdministration,
  id: string,
  operation: string,
  outcome: string,
  change: (client: ClientRecord) => Parameters<typeof updateClient>[2],
): Promise<void> {
  await admin.database.transact(async (tx) => {
    const client = await lockClient(tx, id);
    if (!client) throw new ClientFault(`there is no client ${id}`);
    await updateClient(tx, id, change(client));
    await note(tx, admin, id, operation, outcome);
  });
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

async function note(
  tx: Tx,
  admin: ClientAdministration,
  subjectId: string,
  operation: string,
  outcome: string,
): Promise<void> {
  const { requestId, now } = admin;
  await appendSystemAudit(tx, {
    clientId: "cli",
    operation,
    requestId,
    at: now.toISOString(),
    subjectId,
    outcome,
  });
}

function refuseUnfit(client: NewClient): void {
  const { channel, roles, scopes, employerCode, districtCode, portal } = client;
  if (channel === null) {
    if (roles.length === 0) throw new ClientFault("a staff client needs --roles");
    if (scopes) throw new ClientFault("what staff may follows from --roles: no --scopes");
    if (actsAndWatches(scopesOfRoles(roles)))
      throw new ClientFault("one of these roles watches over what another one does: two clients, please");
  } else {
    if (roles.length > 0) throw new ClientFault("roles are for staff: no --roles with --channel");
    const given = scopesOfChannel(channel);
    const beyond = scopes?.filter((scope) => !given.includes(scope)) ?? [];
    if (beyond.length > 0)
      throw new ClientFault(`${channel} cannot be given ${beyond.join(", ")}; there is ${given.join(", ")}`);
  }
  bound(channel, "EMPLOYER", "--employer CODE", employerCode, portal);
  bound(channel, "STREET_SERVICE_CENTER", "--district CODE", districtCode, portal);
  if (portal && channel !== "EMPLOYER" && channel !== "STREET_SERVICE_CENTER")
    throw new ClientFault("--portal is for EMPLOYER and STREET_SERVICE_CENTER");
}

/** Whose people a client may touch is said, or it is said that it is the common portal of all. */
function bound(
  channel: ChannelCode | null,
  to: ChannelCode,
  option: string,
  value: string | null,
  portal: boolean,
): void {
  if (channel !== to && value !== null) throw new ClientFault(`${option} is for ${to}`);
  if (channel === to && (value === null) !== portal)
    throw new ClientFault(`${to} needs ${option}, or --portal for the common one of all`);
}
