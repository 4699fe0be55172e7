import { createHash } from "node:crypto";
import { GraphQLError } from "graphql";
import { type ClassType, Field, ObjectType } from "type-graphql";

/** Pages are refused when larger, never clamped. */
export const MAX_PAGE = 100;
export const MAX_STAFF_PAGE = 500;

@ObjectType({ description: "Where a page ends (分页信息).", simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether there is more after this page." })
  hasNextPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      "Cursor of the last item; null for an empty page, but of `changes`, where one goes on from it. Opaque, bound to the filter.",
  })
  endCursor!: string | null;
}

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
}

/** The edge type of a connection over a node type. */
export function edgeOf<T extends object>(nodeType: ClassType<T>, name: string): ClassType<Edge<T>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a connection.`, simpleResolvers: true })
  class EdgeType {
    @Field(() => nodeType, { description: "The item." })
    node!: T;

    @Field(() => String, { description: "Opaque cursor: pass it as `after` to go on from here." })
    cursor!: string;
  }
  return EdgeType as ClassType<Edge<T>>;
}

/** A Relay connection type over a node type; forward only. */
export function connectionOf<T extends object>(
  node: new (...args: never[]) => T,
  name: string,
): ClassType<Connection<T>> {
  const nodeType = node as unknown as ClassType<T>;
  const EdgeType = edgeOf(nodeType, name);

  @ObjectType(`${name}Connection`, { description: `A page of ${name} items.`, simpleResolvers: true })
  class ConnectionType {
    @Field(() => [EdgeType], { description: "The items with their cursors." })
    edges!: Edge<T>[];

    @Field(() => [nodeType], { description: "The items alone." })
    nodes!: T[];

    @Field(() => PageInfo, { description: "Where the page ends." })
    pageInfo!: PageInfo;
  }
  return ConnectionType as ClassType<Connection<T>>;
}

/** A page from `first + 1` rows. */
export function toConnection<R, T>(
  rows: readonly R[],
  first: number,
  toNode: (row: R) => T,
  toCursor: (row: R) => string,
): Connection<T> {
  const edges = rows.slice(0, first).map((row) => ({ node: toNode(row), cursor: toCursor(row) }));
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

export function refuseInput(argument: string): GraphQLError {
  return new GraphQLError(`Variable "$${argument}"`, { extensions: { code: "BAD_USER_INPUT" } });
}

export function checkPageSize(first: number, max: number): number {
  if (!Number.isInteger(first) || first < 1 || first > max) throw refuseInput("first");
  return first;
}

/** A cursor carries a keyset position and a digest of the filter it belongs to; never anything personal. */
export function encodeCursor(position: readonly string[], filter: string): string {
  return Buffer.from(JSON.stringify([1, filterDigest(filter), ...position])).toString("base64url");
}

/** What the parts of a position look like: cursors are not signed, and a forged one must not reach SQL. */
export const keysetParts = {
  day: isDay,
  bucket: (text: string) => /^\d{1,4}$/.test(text),
  instant: isInstant,
  month: (text: string) => /^\d{4}-\d{2}$/.test(text),
  word: (text: string) => /^[\w:-]{1,40}$/.test(text),
  count: (text: string) => /^\d{1,15}$/.test(text),
  id: (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
} as const;
type KeysetPart = (text: string) => boolean;

function isDay(text: string): boolean {
  try {
    return /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text) && Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

function isInstant(text: string): boolean {
  const at = new Date(text);
  return /^\d{4}-/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString() === text;
}

/** The position in a cursor, or a refusal when it is damaged or of another filter. */
export function decodeCursor(
  cursor: string | null | undefined,
  filter: string,
  parts: readonly KeysetPart[],
): string[] | null {
  if (cursor === null || cursor === undefined) return null;
  try {
    const json = Buffer.from(cursor, "base64url").toString("utf8");
    const [version, digest, ...position] = JSON.parse(json) as unknown[];
    const fits =
      position.length === parts.length && parts.every((part, index) => part(String(position[index])));
    if (version === 1 && digest === filterDigest(filter) && fits) return position.map(String);
  } catch {
    // One refusal for everything that is not a cursor of ours.
  }
  throw refuseInput("after");
}

function filterDigest(filter: string): string {
  return createHash("sha256").update(filter).digest("base64url").slice(0, 12);
}
