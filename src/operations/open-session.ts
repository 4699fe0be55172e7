import type { ChannelActor } from "../domain/actor.js";
import { sessionStateAt } from "../domain/certification-session.js";
import { Refused } from "../domain/refusals.js";
import type { Tx } from "../storage/database.js";
import { type OwnedKey, parseOpaqueId } from "../storage/ids.js";
import { lockSession, type SessionRecord } from "../storage/sessions.js";
import { type OperationContext, toInstant } from "./operation.js";

/** The key of a session id, or the refusal that also answers sessions of others. */
export function parseSessionId(sessionId: string): OwnedKey {
  const parsed = parseOpaqueId(sessionId);
  if (parsed?.kind !== "session") throw new Refused("SESSION_NOT_FOUND", ["input", "sessionId"]);
  return { bucket: parsed.bucket, pensionerId: parsed.pensionerId, id: parsed.id };
}

/** Locks a session of this client that is open now. */
export async function lockOpenSession(
  tx: Tx,
  context: OperationContext<ChannelActor>,
  key: OwnedKey,
): Promise<SessionRecord> {
  const path = ["input", "sessionId"];
  const session = await lockSession(tx, key);
  if (!session || session.clientId !== context.actor.clientId) throw new Refused("SESSION_NOT_FOUND", path);
  const facts = { stored: session.state, expiresAt: toInstant(session.expiresAt) };
  const state = sessionStateAt(facts, context.now);
  if (state === "EXPIRED") throw new Refused("SESSION_EXPIRED", path);
  if (state !== "OPEN") throw new Refused("SESSION_NOT_OPEN", path);
  return session;
}
