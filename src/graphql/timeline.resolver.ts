import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { maySeeTimeline } from "../auth/access.js";
import { type TimelineEntryKind, timelineEntryKinds } from "../domain/timeline.js";
import { timelineDetail, timelineRules, timelineTitle } from "../domain/timeline-texts.js";
import { readClientNames } from "../storage/channel-clients.js";
import { type PensionerKey, pensionerOpaqueId } from "../storage/ids.js";
import { readTimeline, type TimelineRecord } from "../storage/timeline.js";
import { visiblePensioner } from "./access-log.resolver.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import { Pensioner } from "./pensioner.types.js";
import { TimelineConnection, type TimelineEntry } from "./timeline.types.js";

const isKind = (text: string): text is TimelineEntryKind => timelineEntryKinds.some((kind) => kind === text);
const isRow = (text: string) => keysetParts.id(text) || keysetParts.month(text);

@Resolver(() => Pensioner)
export class TimelineResolver {
  @Query(() => TimelineConnection, {
    description:
      "All that happened to a person's record, newest first (时间线). Staff, scope timeline:read. Empty for an id that there is not; reading it is a reading too.",
  })
  async timeline(
    @Arg("pensionerId", () => ID, { description: "A pensioner's id." }) pensionerId: string,
    @Arg("first", () => Int, { description: "1 to 100." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this person's timeline." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<TimelineEntry>> {
    const page = pageOf(pensionerId, first, after);
    const key = await visiblePensioner(pensionerId, context);
    return toTimeline(key, page, context);
  }

  @FieldResolver(() => TimelineConnection, {
    name: "timeline",
    nullable: true,
    description:
      "All that happened to the person's record, newest first; null to whoever lacks the scope timeline:read. Logged as a read (时间线).",
  })
  async ofPensioner(
    @Root() pensioner: Pensioner,
    @Arg("first", () => Int, { defaultValue: 50, description: "1 to 100." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this person's timeline." })
    after: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<TimelineEntry> | null> {
    const page = pageOf(pensionerOpaqueId(pensioner.record), first, after);
    return maySeeTimeline(context.actor) ? toTimeline(pensioner.record, page, context) : null;
  }
}

interface Page {
  readonly limit: number;
  readonly bound: string;
  readonly after: readonly [string, TimelineEntryKind, string] | null;
}

function pageOf(pensionerId: string, first: number, after: string | null | undefined): Page {
  const limit = checkPageSize(first, MAX_PAGE);
  const bound = `timeline|${pensionerId}`;
  const [at = "", kind = "", id = ""] =
    decodeCursor(after, bound, [keysetParts.instant, isKind, isRow]) ?? [];
  return { limit, bound, after: isKind(kind) ? [at, kind, id] : null };
}

async function toTimeline(
  key: PensionerKey | null,
  { limit, bound, after }: Page,
  context: RequestContext,
): Promise<Connection<TimelineEntry>> {
  const { db } = context.services.database;
  const rows = key ? await readTimeline(db, key, { limit: limit + 1, after }) : [];
  const actors = rows.flatMap(({ actor }) => actor ?? []);
  const names = await readClientNames(db, [...new Set(actors)]);
  if (key) await context.recordReads("timeline", [key]);
  return toConnection(
    rows,
    limit,
    (row) => toEntry(row, names, context),
    ({ at, kind, id }) => encodeCursor([at, kind, id], bound),
  );
}

function toEntry(
  row: TimelineRecord,
  names: ReadonlyMap<string, string>,
  { language }: RequestContext,
): TimelineEntry {
  const { at, kind, actor, policyVersion, subjectId } = row;
  const client = kind === "LOOKED_UP" && actor !== null ? names.get(actor) : undefined;
  const detail = timelineDetail(row, language);
  return {
    at,
    kind,
    title: timelineTitle(row, language),
    detail: client && detail ? `${client}: ${detail}` : detail,
    rule: timelineRules(row),
    policyVersion,
    subjectId,
    actor,
  };
}
