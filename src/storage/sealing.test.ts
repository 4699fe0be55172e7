import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { helperIndexes } from "./pensioner-index.js";
import { indexVersionOf, places, Sealing } from "./sealing.js";

const oldKey = randomBytes(16);
const newKey = randomBytes(16);
const oldIndexKey = randomBytes(32);
const newIndexKey = randomBytes(32);
const index = { current: 1, keys: new Map([[1, oldIndexKey]]) };

const before = new Sealing({ current: 1, keys: new Map([[1, oldKey]]), index });
const during = new Sealing({
  current: 2,
  keys: new Map([
    [1, oldKey],
    [2, newKey],
  ]),
  index,
});
const after = new Sealing({ current: 2, keys: new Map([[2, newKey]]), index });

const number = "11010519491231002X";
const place = places.documentNumber("01890000-0000-7000-8000-000000000001");

describe("sealing", () => {
  test("any text is read back as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (plain, anyPlace) => {
        expect(before.open(before.seal(plain, anyPlace), anyPlace)).toBe(plain);
      }),
    );
  });

  test("the same text is sealed differently each time, and not in the clear", () => {
    const sealed = before.seal(number, place);
    expect(sealed.equals(before.seal(number, place))).toBe(false);
    expect(sealed.includes(number)).toBe(false);
  });

  test("one changed bit anywhere is refused: version, nonce, ciphertext, tag", () => {
    const sealed = during.seal(number, place);
    for (let position = 0; position < sealed.length; position += 1) {
      const tampered = Buffer.from(sealed);
      tampered.writeUInt8(tampered.readUInt8(position) ^ 1, position);
      expect(() => during.open(tampered, place), `byte ${position}`).toThrow();
    }
  });

  test("bytes that come piece by piece are sealed and read back as they were", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (pieces) => {
        const sealer = during.sealer("evidence_file|bytes|x");
        for (const piece of pieces) sealer.push(piece);
        const sealed = sealer.finish();
        expect(during.openBytes(sealed, "evidence_file|bytes|x")).toEqual(Buffer.concat(pieces));
        expect(() => during.openBytes(sealed, "evidence_file|bytes|y")).toThrow();
        expect(() => during.openBytes(sealed.subarray(0, -1), "evidence_file|bytes|x")).toThrow();
      }),
      { numRuns: 50 },
    );
  });

  test("a value that was cut short is refused, whatever is left of it", () => {
    const sealed = before.seal(number, place);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => before.open(sealed.subarray(0, length), place), `${length} bytes`).toThrow();
    }
    expect(() => before.open(Buffer.concat([sealed, Buffer.of(0)]), place)).toThrow();
  });

  test("a value moved to another row or column is refused", () => {
    const id = "01890000-0000-7000-8000-000000000001";
    const sealed = before.seal(number, places.pensionerName(id));
    expect(() => before.open(sealed, places.pensionerName("01890000-0000-7000-8000-000000000002"))).toThrow();
    expect(() => before.open(sealed, places.pensionerPhone(id))).toThrow();
  });

  test("every place names its column and its row", () => {
    const texts = Object.values(places).flatMap((placeOf) => [placeOf("a", 0), placeOf("b", 0)]);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe("key versions", () => {
  test("a value under the former key is read while both keys are at hand", () => {
    expect(during.open(before.seal(number, place), place)).toBe(number);
  });

  test("new values are sealed under the current key", () => {
    expect(after.open(during.seal(number, place), place)).toBe(number);
  });

  test("a value under a key that is gone names the version", () => {
    expect(() => after.open(before.seal(number, place), place)).toThrow("no sealing key of version 1");
  });

  test("a version that does not fit its byte is refused when the keys are loaded", () => {
    expect(() => new Sealing({ current: 256, keys: new Map([[256, newKey]]), index })).toThrow("1 to 255");
    const beyond = { current: 256, keys: new Map([[256, newIndexKey]]) };
    expect(() => new Sealing({ current: 1, keys: new Map([[1, oldKey]]), index: beyond })).toThrow(
      "1 to 255",
    );
  });

  test("a version relabelled to another key at hand is refused", () => {
    const sealed = before.seal(number, place);
    sealed.writeUInt8(2, 0);
    expect(() => during.open(sealed, place)).toThrow();
  });
});

function withIndexKeys(current: number, keys: Record<number, Buffer>): Sealing {
  const versions = new Map(Object.entries(keys).map(([version, key]) => [Number(version), key]));
  return new Sealing({ current: 1, keys: new Map([[1, oldKey]]), index: { current, keys: versions } });
}

describe("blind index", () => {
  test("equal values give equal bytes, in every process that holds the key", () => {
    expect(before.index("document", number)).toEqual(after.index("document", number));
    expect(before.index("document", number)).toHaveLength(32);
  });

  test("the bytes are those that are stored already", () => {
    const sealing = withIndexKeys(1, { 1: Buffer.alloc(32, 7) });
    expect(sealing.index("document", number).toString("hex")).toMatchInlineSnapshot(
      `"88b10ea121c1a6a2a2666da9cf734434fe033628f7198a14438ffb952423491b"`,
    );
  });

  test("another purpose, value or key gives other bytes", () => {
    const here = before.index("document", number).toString("hex");
    expect(before.index("name", number).toString("hex")).not.toBe(here);
    expect(before.index("document", `${number} `).toString("hex")).not.toBe(here);
    const elsewhere = withIndexKeys(1, { 1: randomBytes(32) });
    expect(elsewhere.index("document", number).toString("hex")).not.toBe(here);
    expect(elsewhere.fingerprint(1)).not.toBe(before.fingerprint(1));
  });
});

describe("index versions", () => {
  const old = withIndexKeys(1, { 1: oldIndexKey });
  const distributed = withIndexKeys(1, { 1: oldIndexKey, 2: newIndexKey });
  const activated = withIndexKeys(2, { 1: oldIndexKey, 2: newIndexKey });
  const alone = withIndexKeys(2, { 2: newIndexKey });

  test("one version gives one index to look under, two give both, the current one first", () => {
    const [one, two] = [old.index("document", number), alone.index("document", number)];
    expect(old.indexes("document", number)).toEqual([one]);
    expect(distributed.indexes("document", number)).toEqual([one, two]);
    expect(activated.indexes("document", number)).toEqual([two, one]);
    expect(alone.indexes("document", number)).toEqual([two]);
  });

  test("an index says which version it is of; those of version 1 are as they were before there were versions", () => {
    expect(indexVersionOf(old.index("phone", "13911110001"))).toBe(1);
    expect(old.index("phone", "13911110001")).toHaveLength(32);
    expect(indexVersionOf(activated.index("phone", "13911110001"))).toBe(2);
    expect(activated.index("phone", "13911110001")).toHaveLength(33);
    const last = withIndexKeys(255, { 255: newIndexKey });
    expect(indexVersionOf(last.index("phone", "13911110001"))).toBe(255);
  });

  test("a value is compared under the version of what is stored", () => {
    for (const stored of [old.index("name", "a"), alone.index("name", "a")]) {
      expect(activated.isIndexOf(stored, "name", "a")).toBe(true);
      expect(activated.isIndexOf(stored, "name", "b")).toBe(false);
      expect(activated.isIndexOf(stored, "phone", "a")).toBe(false);
    }
    expect(() => alone.isIndexOf(old.index("name", "a"), "name", "a")).toThrow("no index key of version 1");
  });

  test("a current version that is not at hand is refused", () => {
    expect(() => withIndexKeys(2, { 1: oldIndexKey })).toThrow("no index key of version 2");
  });

  test("C1 a helper is counted under every version, each made of that version alone", () => {
    const document = { type: "RESIDENT_ID", number } as const;
    expect(helperIndexes(activated, document)).toEqual([
      ...helperIndexes(alone, document),
      ...helperIndexes(old, document),
    ]);
  });
});
