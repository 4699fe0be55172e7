import { describe, expect, test } from "vitest";
import {
  actsOnPayment,
  areIndependent,
  type Candidate,
  endsForGood,
  matchReport,
  type PersonsLifeEvent,
  parseLifeEventSubject,
} from "./life-event.js";

const today = Temporal.PlainDate.from("2026-05-20");
const number = "110108194901010012";

const candidate = (pensionerId: string, nameMatches: boolean, kindMatches = true): Candidate => ({
  pensionerId,
  nameMatches,
  kindMatches,
});

test.each([
  ["nobody has the number", [], "NO_MATCH", null],
  ["document and name are exact", [candidate("a", true)], "MATCHED", "a"],
  ["the name is another", [candidate("a", false)], "PENDING_REVIEW", "a"],
  ["the number is one of another kind of document", [candidate("a", true, false)], "PENDING_REVIEW", "a"],
  [
    "one person has the number on two documents",
    [candidate("a", true, false), candidate("a", true)],
    "MATCHED",
    "a",
  ],
  [
    "one person has it twice, under another name",
    [candidate("a", false, false), candidate("a", false)],
    "PENDING_REVIEW",
    "a",
  ],
  [
    "two persons have it, neither exactly",
    [candidate("a", false), candidate("b", true, false)],
    "MULTIPLE_CANDIDATES",
    null,
  ],
  ["two persons have it, one exactly", [candidate("b", true, false), candidate("a", true)], "MATCHED", "a"],
] as const)("C5 %s: %j leads to %s", (_, candidates, outcome, pensionerId) => {
  const match = matchReport(candidates);
  expect(match.outcome).toBe(outcome);
  expect(match.candidate?.pensionerId ?? null).toBe(pensionerId);
});

describe("the person a source means", () => {
  const parse = (name: string, document?: { type: "RESIDENT_ID" | "PASSPORT"; number: string }) =>
    parseLifeEventSubject({ name, document: document ?? null }, today, ["input", "subject"]);

  test("C3 an old number is looked for as the new one, under every kind of document that it could be", () => {
    const { document, readings } = parse("测试", { type: "RESIDENT_ID", number: "110108490101001" });
    expect(document).toEqual({ type: "RESIDENT_ID", number });
    expect(readings).toContainEqual({ type: "RESIDENT_ID", number });
    expect(readings).toContainEqual({ type: "PASSPORT", number: "110108490101001" });
    expect(parse("测试", { type: "PASSPORT", number }).readings).toContainEqual({
      type: "RESIDENT_ID",
      number,
    });
  });

  test("C5 without a document there is nothing to look for", () => {
    expect(parse("阿卜杜勒．热合曼")).toMatchObject({
      comparableName: "阿卜杜勒·热合曼",
      document: null,
      readings: [],
    });
  });

  test.each([
    ["", undefined, "NAME_EMPTY"],
    ["测试", { type: "RESIDENT_ID", number: "110108194901010013" }, "DOCUMENT_CHECK_DIGIT"],
  ] as const)("C3, C4 %j with %j is refused: %s", (name, document, refusal) => {
    expect(() => parse(name, document)).toThrow(expect.objectContaining({ refusal }));
  });
});

const event = (overrides: Partial<PersonsLifeEvent> = {}): PersonsLifeEvent => ({
  id: "1",
  kind: "DEATH",
  state: "ACTIVE",
  basis: null,
  source: "CIVIL_AFFAIRS",
  clientId: "counter",
  byStaff: false,
  occurredOn: Temporal.PlainDate.from("2026-03-20"),
  ...overrides,
});

test.each<[string, Partial<PersonsLifeEvent>, Partial<PersonsLifeEvent>, boolean]>([
  ["two clients, two sources", {}, { source: "HEALTH", clientId: "centre" }, true],
  ["two clients, one source", {}, { clientId: "centre" }, false],
  ["one channel that names two", {}, { source: "HEALTH" }, false],
  [
    "staff with two papers",
    { byStaff: true, clientId: "staff" },
    { byStaff: true, clientId: "staff", source: "HEALTH" },
    true,
  ],
  [
    "staff with one paper twice",
    { byStaff: true, clientId: "staff" },
    { byStaff: true, clientId: "other" },
    false,
  ],
])("C5 %s are independent: %s %s %s", (_, one, other, independent) => {
  expect(areIndependent(event(one), event({ id: "2", ...other }))).toBe(independent);
});

const second = { id: "2", source: "HEALTH", clientId: "centre" } as const;
test.each<[string, Partial<PersonsLifeEvent>, Partial<PersonsLifeEvent>[], boolean]>([
  ["one that waits, alone", {}, [], false],
  ["one by identity", { basis: "IDENTITY" }, [], true],
  ["one by decision", { basis: "DECISION" }, [], true],
  ["one that a second source bears out", {}, [second], true],
  ["one whose second source took it back", {}, [{ ...second, state: "VOIDED" }], false],
  ["one beside a report of something else", {}, [{ ...second, kind: "LEFT_SCOPE" }], false],
  ["one taken back, whatever it rests on", { basis: "IDENTITY", state: "VOIDED" }, [second], false],
])("C5 %s acts on payment: %j beside %j %s", (_, one, others, acts) => {
  const all = [event(one), ...others.map((other) => event(other))];
  expect(actsOnPayment(event(one), all)).toBe(acts);
});

test("C5 a death and the end of entitlement end payment for good, a sentence does not", () => {
  const kinds = ["DEATH", "IMPRISONMENT", "RELEASE_FROM_PRISON", "LEFT_SCOPE"] as const;
  expect(kinds.filter(endsForGood)).toEqual(["DEATH", "LEFT_SCOPE"]);
});
