import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { readChanges } from "../operations/read-changes.js";
import { Change, ChangeConnection } from "./change.types.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_PAGE,
  MAX_STAFF_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";

@Resolver()
export class ChangeResolver {
  @Query(() => ChangeConnection, {
    description:
      "What has happened, in one order without gaps, each person's in its own order (变更订阅). A channel sees the persons it has served, from then on; staff see all. Keep the endCursor and pass it again, also that of an empty page. Scope status:read; every person listed is logged as read.",
  })
  async changes(
    @Arg("first", () => Int, { description: "1 to 100; to 500 for staff." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this feed; absent for all." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Change>> {
    const { actor, services, time } = context;
    const limit = checkPageSize(first, actor.kind === "STAFF" ? MAX_STAFF_PAGE : MAX_PAGE);
    const bound = `changes|${actor.clientId}`;
    const [position = "0"] = decodeCursor(after, bound, [keysetParts.count]) ?? [];
    const page = { after: Number(position), limit: limit + 1 };
    const events = await readChanges(services.database, actor, page, time.now);
    await context.recordReads("changes", events.slice(0, limit));
    const connection = toConnection(
      events,
      limit,
      (event) => new Change(event),
      (event) => encodeCursor([String(event.position)], bound),
    );
    const { hasNextPage, endCursor } = connection.pageInfo;
    return {
      ...connection,
      pageInfo: { hasNextPage, endCursor: endCursor ?? encodeCursor([position], bound) },
    };
  }
}
