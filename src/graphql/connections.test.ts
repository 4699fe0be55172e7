import "reflect-metadata";
import { GraphQLError } from "graphql";
import { describe, expect, test } from "vitest";
import { checkPageSize, decodeCursor, encodeCursor, keysetParts, toConnection } from "./connections.js";

const FILTER = '{"from":"2026-05"}';
const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const parts = [keysetParts.day, keysetParts.bucket, keysetParts.id];
const position = ["2026-05-31", "1023", ID];

describe("a cursor", () => {
  test("leads back to its position", () => {
    expect(decodeCursor(encodeCursor(position, FILTER), FILTER, parts)).toEqual(position);
  });

  test.each([[null], [undefined]])("that is %s starts at the beginning", (cursor) => {
    expect(decodeCursor(cursor, FILTER, parts)).toBeNull();
  });

  test("is refused under another filter", () => {
    expect(() => decodeCursor(encodeCursor(position, FILTER), '{"from":"2026-06"}', parts)).toThrow(
      GraphQLError,
    );
  });

  test("is refused in another list", () => {
    expect(() => decodeCursor(encodeCursor([ID], FILTER), FILTER, parts)).toThrow(GraphQLError);
    expect(() => decodeCursor(encodeCursor(position, FILTER), FILTER, [keysetParts.id])).toThrow(
      GraphQLError,
    );
  });

  test.each([
    ["a day that does not exist", ["2026-02-30", "1", ID]],
    ["a day that PostgreSQL has not", ["0000-01-01", "1", ID]],
    ["infinity", ["infinity", "1", ID]],
    ["a bucket beyond smallint", ["2026-05-31", "32768", ID]],
    ["a bucket that is no number", ["2026-05-31", "-1", ID]],
    ["an id that is no UUID", ["2026-05-31", "1", "01890a5d"]],
    ["SQL", ["2026-05-31", "1", "' or true --"]],
    ["U+0000", ["2026-05-31", "1", "\0"]],
  ])("that was forged with %s is refused before SQL sees it", (_, forged) => {
    const attempt = () => decodeCursor(encodeCursor(forged, FILTER), FILTER, parts);
    expect(attempt).toThrow(GraphQLError);
    expect(attempt).toThrow(expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" } }));
  });

  test.each([
    "",
    "x",
    "W10",
    Buffer.from("[2]").toString("base64url"),
    Buffer.from("null").toString("base64url"),
    "a".repeat(100_000),
  ])("%.20s is none", (text) => {
    expect(() => decodeCursor(text, FILTER, parts)).toThrow(GraphQLError);
  });
});

describe("a page", () => {
  test.each([1, 2, 99, 100])("of %i is served", (first) => {
    expect(checkPageSize(first, 100)).toBe(first);
  });

  test.each([0, -1, 101, 2 ** 31 - 1, 1.5, Number.NaN])("of %d is refused, not clamped", (first) => {
    expect(() => checkPageSize(first, 100)).toThrow(GraphQLError);
  });

  test("knows from one row more whether there is a next one", () => {
    const page = toConnection([1, 2, 3], 2, (row) => row * 10, String);
    expect(page).toEqual({
      edges: [
        { node: 10, cursor: "1" },
        { node: 20, cursor: "2" },
      ],
      nodes: [10, 20],
      pageInfo: { hasNextPage: true, endCursor: "2" },
    });
    expect(toConnection([1, 2], 2, (row) => row, String).pageInfo.hasNextPage).toBe(false);
    expect(toConnection([], 2, (row) => row, String).pageInfo).toEqual({
      hasNextPage: false,
      endCursor: null,
    });
  });
});
