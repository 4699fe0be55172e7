import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLError, getVariableValues, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { examplePeople } from "./example-people.js";
import { SavedOperations } from "./saved-operations.js";

const folder = new URL("../../schema/", import.meta.url);
const schema = buildSchema(readFileSync(new URL("schema.graphql", folder), "utf8"));
const today = Temporal.PlainDate.from("2026-11-24");
const operations = new SavedOperations(folder).list({ people: examplePeople(), today });
const named = (name: string) => operations.find((operation) => operation.name === name);

describe("every saved operation", () => {
  test.each(operations)("$name fits the schema, with its fragments", ({ document }) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });

  test.each(operations)("$name has variables that fit", ({ document, variables }) => {
    const definitions = parse(document).definitions.flatMap((node) =>
      node.kind === "OperationDefinition" ? (node.variableDefinitions ?? []) : [],
    );
    const { errors = [] } = getVariableValues(schema, definitions, variables);
    expect(errors.map((error: GraphQLError) => error.message)).toEqual([]);
  });

  test.each(operations)("$name has a title in both languages", ({ title }) => {
    expect(title["zh-CN"]).toMatch(/\p{Script=Han}/u);
    expect(title.en).toMatch(/^[A-Z].*[.?]$/);
  });
});

describe("samples", () => {
  test("the person comes first who has the most to see", () => {
    expect(named("PensionerStatus")?.variables).toEqual({
      subject: { name: "赵德福", document: { type: "RESIDENT_ID", number: "110221194506309096" } },
    });
  });

  test("months lie around the service's day", () => {
    expect(named("ExpiryCalendar")?.variables).toEqual({ filter: { from: "2026-11", through: "2027-01" } });
    expect(named("SandboxClockAdvance")?.variables).toMatchObject({
      input: { to: "2026-12-01T09:00:00+08:00" },
    });
  });

  test("what an earlier answer holds has a place", () => {
    expect(named("CertificationComplete")?.variables).toMatchObject({
      input: { sessionId: "sess_…", evidence: [{ faceAssertion: "eyJ…" }] },
    });
    expect(named("HomeVisitSchedule")?.variables).toMatchObject({ input: { homeVisitId: "visit_…" } });
    expect(named("Certification")?.variables).toEqual({ id: "cert_…" });
    expect(named("Node")?.variables).toEqual({ id: "pen_…" });
  });

  test("a counter shows the person's document", () => {
    const { number } = examplePeople()[0]?.document ?? { number: "" };
    expect(named("CertificationRecord")?.variables).toMatchObject({
      input: { method: "IN_PERSON", evidence: [{ identityDocument: { document: { number } } }] },
    });
  });

  test("the audience of a document is its group", () => {
    expect(named("ExpiryCalendar")?.group).toEqual({ "zh-CN": "经办", en: "Staff" });
    expect(named("CertificationStart")?.group).toEqual({ "zh-CN": "认证", en: "Certify" });
  });
});
