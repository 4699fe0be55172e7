import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketOf, newId, newPensionerKey, ownedOpaqueId, parseOpaqueId, pensionerOpaqueId } from "./ids.js";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const uuid = fc.uuid();
const pensionerKey = uuid.map((pensionerId) => ({ bucket: bucketOf(pensionerId), pensionerId }));
const ownedKey = fc.tuple(pensionerKey, uuid).map(([key, id]) => ({ ...key, id }));
const opaqueId = fc.oneof(
  pensionerKey.map(pensionerOpaqueId),
  ownedKey.map((key) => ownedOpaqueId("certification", key)),
  ownedKey.map((key) => ownedOpaqueId("session", key)),
  ownedKey.map((key) => ownedOpaqueId("homeVisit", key)),
);

describe("opaque ids", () => {
  test("a pensioner's id is read back", () => {
    fc.assert(
      fc.property(pensionerKey, (key) => {
        expect(parseOpaqueId(pensionerOpaqueId(key))).toEqual({ kind: "pensioner", ...key });
      }),
    );
  });

  test.each(["certification", "contactTask", "homeVisit", "message", "session"] as const)(
    "a %s's id is read back",
    (kind) => {
      fc.assert(
        fc.property(ownedKey, (key) => {
          expect(parseOpaqueId(ownedOpaqueId(kind, key))).toEqual({ kind, ...key });
        }),
      );
    },
  );

  test("they are short plain ASCII", () => {
    fc.assert(
      fc.property(opaqueId, (id) => {
        expect(id).toMatch(/^[a-z]{3,5}_[0-9a-z]+$/);
        expect(id.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  test("no second text names the same row: one character changed, added or removed", () => {
    fc.assert(
      fc.property(opaqueId, fc.nat(), fc.constantFrom(...alphabet), (id, at, character) => {
        const key = parseOpaqueId(id);
        const position = at % id.length;
        const others = [
          id.slice(0, position) + character + id.slice(position + 1),
          id.slice(0, position) + character + id.slice(position),
          id.slice(0, position) + id.slice(position + 1),
          id + character,
          `${id}0`,
          `${id}00`,
        ].filter((other) => other !== id);
        for (const other of others) expect(parseOpaqueId(other), other).not.toEqual(key);
      }),
    );
  });

  test("the bits that are left over in the last character are refused unless they are zero", () => {
    const id = ownedOpaqueId("session", { ...newPensionerKey(), id: newId() });
    const read = [...alphabet].map((last) => parseOpaqueId(id.slice(0, -1) + last));
    // The last of 55 characters holds two bits of the id and three bits of nothing.
    expect(read.filter((key) => key !== null)).toHaveLength(4);
  });

  const own = pensionerOpaqueId(newPensionerKey());
  const session = ownedOpaqueId("session", { ...newPensionerKey(), id: newId() });
  test.each([
    ["nothing", ""],
    ["a bare UUID", newId()],
    ["a document number", "11010519491231002X"],
    ["another product's id", own.replace("pen_", "usr_")],
    ["capitals", own.toUpperCase()],
    ["blanks around it", ` ${own}`],
    ["a line end", `${own}\n`],
    ["a letter outside the alphabet", `${own.slice(0, -1)}u`],
    ["a pensioner's body under a session's prefix", own.replace("pen_", "sess_")],
    ["a session's body under a pensioner's prefix", session.replace("sess_", "pen_")],
    ["a very long text", own + "0".repeat(100_000)],
  ])("%s is not an id", (_, text) => {
    expect(parseOpaqueId(text)).toBeNull();
  });

  test("a bucket that is not the pensioner's is refused", () => {
    const key = newPensionerKey();
    expect(parseOpaqueId(pensionerOpaqueId({ ...key, bucket: (key.bucket + 1) % 1024 }))).toBeNull();
  });
});

describe("keys", () => {
  test("new ids sort by the time they were made", () => {
    const ids = Array.from({ length: 1_000 }, newId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("buckets lie in 0–1023, are used evenly and never move", () => {
    const counts = new Array<number>(1024).fill(0);
    for (let made = 0; made < 20_480; made += 1) {
      const bucket = newPensionerKey().bucket;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    expect(counts).toHaveLength(1024);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(Math.max(...counts)).toBeLessThan(60);
    expect(bucketOf("01890000-0000-7000-8000-000000000001")).toMatchInlineSnapshot(`479`);
  });
});
