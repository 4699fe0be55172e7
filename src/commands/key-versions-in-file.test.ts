import { describe, expect, test } from "vitest";
import { withCurrent, withNewVersion, withoutVersion } from "./key-versions-in-file.js";

const first = {
  sandbox: false,
  cookie: "kept",
  sealing: { current: 1, keys: { "1": "c2VhbGluZw==" } },
  index: "aW5kZXg=",
};

describe("a new version", () => {
  test("of the sealing keys is current and leaves the rest of the file alone", () => {
    const { file, version } = withNewVersion(first, "sealing", true);
    expect(version).toBe(2);
    expect(file).toEqual({
      ...first,
      sealing: { current: 2, keys: { "1": "c2VhbGluZw==", "2": expect.stringMatching(/^[\w+/]{22}==$/) } },
    });
  });

  test("of the index keys makes version 1 of the key that stood alone", () => {
    const { file, version } = withNewVersion(first, "index", false);
    expect(version).toBe(2);
    expect(file["index"]).toEqual({
      current: 1,
      keys: { "1": "aW5kZXg=", "2": expect.stringMatching(/^[\w+/]{43}=$/) },
    });
  });

  test("is never one that was there before", () => {
    const { file } = withNewVersion(first, "sealing", true);
    const retired = withoutVersion(file, "sealing", 1) ?? file;
    expect(withNewVersion(retired, "sealing", false).version).toBe(3);
  });

  test("ends with 255", () => {
    const full = { ...first, sealing: { current: 255, keys: { "255": "c2VhbGluZw==" } } };
    expect(() => withNewVersion(full, "sealing", true)).toThrow("no sealing key version after 255");
  });

  test("is not made in a file that has no keys of the kind", () => {
    expect(() => withNewVersion({}, "sealing", true)).toThrow("does not fit at: sealing");
    expect(() => withNewVersion({ index: null }, "index", true)).toThrow("does not fit at: index");
  });
});

test("a version at hand is made current, another one is not", () => {
  const { file } = withNewVersion(first, "index", false);
  expect(withCurrent(file, "index", 2)["index"]).toMatchObject({ current: 2 });
  expect(() => withCurrent(file, "index", 3)).toThrow("no index key version 3");
});

test("a version is taken away, never the current one, and once", () => {
  const { file } = withNewVersion(first, "sealing", true);
  expect(() => withoutVersion(file, "sealing", 2)).toThrow("version 2 is the current one");
  const without = withoutVersion(file, "sealing", 1) ?? {};
  expect(Object.keys((without["sealing"] as { keys: object }).keys)).toEqual(["2"]);
  expect(withoutVersion(without, "sealing", 1)).toBeNull();
});
