import { placeEvents } from "../delivery/relay-events.js";
import type { Actor } from "../domain/actor.js";
import type { Database } from "../storage/database.js";
import { type FeedPage, type PlacedEvent, readAllEvents, readHeardEvents } from "../storage/event-feed.js";

/**
 * What has happened after a place in the feed: to the persons that a channel has served, or to all, for staff. What has
 * been committed so far is placed first, so that a caller finds what it has just done.
 */
export async function readChanges(
  database: Database,
  actor: Actor,
  page: FeedPage,
  now: Temporal.Instant,
): Promise<PlacedEvent[]> {
  await placeEvents(database, now);
  return actor.kind === "STAFF"
    ? readAllEvents(database.db, page)
    : readHeardEvents(database.db, actor.clientId, page);
}
