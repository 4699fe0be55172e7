import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessLog } from "../src/storage/tables.js";
import {
  type HomeVisitCompleteInput,
  type HomeVisitFilter,
  type HomeVisitRequestInput,
  type HomeVisitScheduleInput,
  HomeVisitsDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded, languages } from "./testkit/guarded-answer.js";
import {
  buildRequest,
  completeVisit,
  requestedVisit,
  requestVisit,
  scheduleVisit,
  visited,
} from "./testkit/home-visits.js";
import { buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { countRows } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let bank: GraphQLClient;
let centre: GraphQLClient;
let person: TestPerson;
let visit: string;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-01T02:00:00Z" });
  bank = await sandbox.signIn("ICBC_APP");
  centre = await sandbox.signIn("sandbox-street-service-center-110108");
  person = await imported();
  visit = await requestedVisit(bank, await imported());
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function imported(): Promise<TestPerson> {
  const someone = buildPerson({ lastCertifiedOn: "2025-02-11" });
  await importPeople(sandbox.app, [someone]);
  return someone;
}

const mutation = (name: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation($input: ${type}!) { ${name}(input: $input) { homeVisit { id } userErrors { code message path } } }`;
};

/** Refused in both languages, with nothing written and nothing repeated. */
async function expectRefused(
  client: GraphQLClient,
  name: string,
  input: object,
  expected: { readonly code: string; readonly path: readonly string[]; readonly secrets?: readonly string[] },
): Promise<void> {
  const before = await countRows(sandbox.app.database.db);
  for (const language of languages) {
    const answer = await client.in(language).send<Record<string, unknown>>({
      query: mutation(name),
      variables: { input: { ...input, idempotencyKey: randomUUID() } },
    });
    expect(answer.errors, answer.raw).toEqual([]);
    const { code, path } = expected;
    expect(answer.data?.[name], answer.raw).toMatchObject({ homeVisit: null, userErrors: [{ code, path }] });
    expectGuarded(answer.raw, language, expected.secrets);
  }
  expect(await countRows(sandbox.app.database.db)).toEqual(before);
}

describe("a request", () => {
  test.each<[string, Partial<Omit<HomeVisitRequestInput, "subject">>, string]>([
    ["no address", { address: " " }, "address"],
    ["an address of 501 characters", { address: "路".repeat(501) }, "address"],
    ["U+0000 in the address", { address: "示例路1号\0" }, "address"],
    ["a district in words", { districtCode: "海淀区" }, "districtCode"],
    ["a district of five digits", { districtCode: "11010" }, "districtCode"],
    ["a district with U+0000", { districtCode: "11010\0" }, "districtCode"],
    ["no contact", { contactName: "" }, "contactName"],
    ["markup for a contact", { contactName: "<b>家属</b>" }, "contactName"],
    ["no phone", { contactPhone: "" }, "contactPhone"],
    ["a phone that is none", { contactPhone: "12345" }, "contactPhone"],
  ])("E5 %s is refused", async (_, wrong, field) => {
    const secrets = Object.values(wrong).filter((text) => text.length > 3);
    const expected = { code: "INVALID_INPUT", path: ["input", field], secrets };
    await expectRefused(bank, "homeVisitRequest", buildRequest(person, wrong), expected);
  });

  test("E5 of a number that cannot be is refused", async () => {
    const document = { type: "RESIDENT_ID", number: "110108194901010013" } as const;
    const input = buildRequest({ name: person.name, document });
    const path = ["input", "subject", "document", "number"];
    await expectRefused(bank, "homeVisitRequest", input, { code: "INVALID_DOCUMENT", path });
  });

  test("S2 wrong name, wrong number and unknown person get one answer", async () => {
    const answers = [buildPerson(), { ...person, name: "测试别人" }].map((each) => requestVisit(bank, each));
    const [first, second] = await Promise.all(answers);
    expect(first?.userErrors).toMatchObject([{ code: "NOT_IN_SCOPE" }]);
    expect(second).toEqual(first);
  });

  test.each(["AGENCY_COUNTER", "ICBC_KIOSK", "EMPLOYER", "DATA_MATCH"])(
    "E5 CHANNEL_NOT_ALLOWED: %s asks for no visit",
    async (code) => {
      const { userErrors } = await requestVisit(await sandbox.signIn(code), person);
      expect(userErrors).toMatchObject([{ code: "CHANNEL_NOT_ALLOWED" }]);
    },
  );
});

describe("a day", () => {
  test.each<[string, Partial<HomeVisitScheduleInput>, string]>([
    ["yesterday", { visitOn: "2026-05-31" }, "visitOn"],
    ["91 days ahead", { visitOn: "2026-08-31" }, "visitOn"],
    ["nobody who comes", { visitorName: " " }, "visitorName"],
    ["a visitor of 501 characters", { visitorName: "王".repeat(501) }, "visitorName"],
  ])("E5 %s is refused", async (_, wrong, field) => {
    const input = { homeVisitId: visit, visitOn: "2026-06-03", visitorName: "王工", ...wrong };
    const expected = { code: "INVALID_INPUT", path: ["input", field] };
    await expectRefused(centre, "homeVisitSchedule", input, expected);
  });

  test.each(["2026-06-01", "2026-08-30"])("E5 %s is accepted", async (visitOn) => {
    expect((await scheduleVisit(centre, visit, { visitOn })).homeVisit?.visitOn).toBe(visitOn);
  });
});

describe("a completion", () => {
  const form = { document: { kind: "CERTIFICATION_FORM", sha256: "0".repeat(64) } } as const;
  const place = ["input", "evidence", "0", "homeVisit"];
  test.each<[string, HomeVisitCompleteInput["evidence"], string, readonly string[]]>([
    ["no evidence", [], "EVIDENCE_REQUIRED", ["input", "evidence"]],
    [
      "a document alone",
      [{ identityDocument: { document: { type: "PASSPORT", number: "EA0000098" } } }],
      "EVIDENCE_REQUIRED",
      ["input", "evidence"],
    ],
    [
      "two reports",
      [visited("2026-06-01T01:00:00Z"), visited("2026-06-01T01:00:00Z")],
      "EVIDENCE_REQUIRED",
      ["input", "evidence"],
    ],
    [
      "an employer's form",
      [visited("2026-06-01T01:00:00Z"), form],
      "EVIDENCE_NOT_ADMISSIBLE",
      ["input", "evidence", "1"],
    ],
    ["V6 more than seven days ago", [visited("2026-05-25T01:00:00Z")], "TOO_OLD", [...place, "visitedAt"]],
    ["V6 a visit to come", [visited("2026-06-01T04:00:00Z")], "INVALID_INPUT", [...place, "visitedAt"]],
    [
      "no visitor",
      [{ homeVisit: { visitedAt: "2026-06-01T01:00:00Z", visitorName: "" } }],
      "INVALID_INPUT",
      [...place, "visitorName"],
    ],
  ])("E5 %s is refused", async (_, evidence, code, path) => {
    await expectRefused(centre, "homeVisitComplete", { homeVisitId: visit, evidence }, { code, path });
  });
});

describe("a visit that is none", () => {
  test.each([
    ["empty", ""],
    ["no id", "visit_0"],
    ["with U+0000", "visit_\0"],
    ["a document number", "11010519491231002X"],
    ["of 10,000 characters", `visit_${"0".repeat(10_000)}`],
  ])("%s is not found", async (_, homeVisitId) => {
    const inputs = {
      homeVisitSchedule: { homeVisitId, visitOn: "2026-06-03", visitorName: "王工" },
      homeVisitComplete: { homeVisitId, evidence: [visited("2026-06-01T01:00:00Z")] },
      homeVisitDecline: { homeVisitId, reason: "x" },
      homeVisitCancel: { homeVisitId },
    };
    const expected = { code: "NOT_FOUND", path: ["input", "homeVisitId"], secrets: [homeVisitId] };
    for (const [name, input] of Object.entries(inputs)) await expectRefused(centre, name, input, expected);
  });

  test.each(["homeVisitDecline", "homeVisitCancel"])(
    "%s: a reason of control characters is refused",
    async (name) => {
      const expected = { code: "INVALID_INPUT", path: ["input", "reason"] };
      await expectRefused(centre, name, { homeVisitId: visit, reason: "\u0007" }, expected);
    },
  );
});

describe("the list", () => {
  let desk: GraphQLClient;
  const ids: string[] = [];

  beforeAll(async () => {
    desk = await sandbox.signIn("sandbox-street-service-center-110105");
    const reasons = ["ILLNESS", "ADVANCED_AGE", "ILLNESS", "OTHER", "ILLNESS"] as const;
    for (const reason of reasons) {
      ids.push(await requestedVisit(bank, await imported(), { districtCode: "110105", reason }));
    }
    await scheduleVisit(desk, ids[1] ?? "", { visitOn: "2026-06-05" });
    await scheduleVisit(desk, ids[2] ?? "", { visitOn: "2026-06-09" });
    await completeVisit(desk, ids[4] ?? "");
  });

  async function listed(filter: HomeVisitFilter): Promise<number[]> {
    const { homeVisits } = await desk.request(HomeVisitsDocument, { filter, first: 100 });
    return homeVisits.nodes.map(({ id }) => ids.indexOf(id));
  }

  test.each<[HomeVisitFilter, number[]]>([
    [{}, [0, 1, 2, 3, 4]],
    [{ state: "REQUESTED" }, [0, 3]],
    [{ state: "COMPLETED" }, [4]],
    [{ reason: "ILLNESS" }, [0, 2, 4]],
    [{ visitFrom: "2026-06-05" }, [1, 2]],
    [{ visitFrom: "2026-06-06", visitThrough: "2026-06-09" }, [2]],
    [{ visitThrough: "2026-06-05", state: "SCHEDULED", reason: "ADVANCED_AGE" }, [1]],
    [{ districtCode: "110105" }, [0, 1, 2, 3, 4]],
    [{ districtCode: "110108" }, []],
  ])("E5 %j gives %j, the oldest request first", async (filter, expected) => {
    expect(await listed(filter)).toEqual(expected);
  });

  test("E5 is read page by page, and a cursor is bound to its filter", async () => {
    const pages: string[][] = [];
    let after: string | null = null;
    do {
      const {
        homeVisits,
      }: {
        homeVisits: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
      } = await desk.request(HomeVisitsDocument, { first: 2, after });
      pages.push(homeVisits.nodes.map(({ id }) => id));
      after = homeVisits.pageInfo.hasNextPage ? homeVisits.pageInfo.endCursor : null;
    } while (after);
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const { homeVisits } = await desk.request(HomeVisitsDocument, { first: 2 });
    const cursor = homeVisits.pageInfo.endCursor;
    const other = await desk.refused(HomeVisitsDocument, {
      first: 2,
      after: cursor,
      filter: { state: "REQUESTED" },
    });
    expect(other.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test.each([
    ["a page of 0", { first: 0 }],
    ["a page of 101", { first: 101 }],
    ["a district in words", { first: 1, filter: { districtCode: "海淀" } }],
    ["a state that does not exist", { first: 1, filter: { state: "LOST" } }],
    ["a day that does not exist", { first: 1, filter: { visitFrom: "2026-02-30" } }],
    ["a cursor that is none", { first: 1, after: "x" }],
  ])("E5 %s is refused", async (_, variables) => {
    for (const language of languages) {
      const { errors, raw } = await desk.in(language).refused(HomeVisitsDocument, variables);
      expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expectGuarded(raw, language, ["海淀"]);
    }
  });

  test("every person listed is logged as read, and a look at the address by a name of its own", async () => {
    const db = sandbox.app.database.db;
    const rows = () =>
      db.select().from(accessLog).where(eq(accessLog.clientId, "sandbox-street-service-center-110105"));
    const operations = async (query: string) => {
      const before = new Set((await rows()).map(({ id }) => id));
      await desk.send({ query });
      return (await rows())
        .filter(({ id }) => !before.has(id))
        .map(({ operation }) => operation)
        .sort();
    };
    expect(await operations("{ homeVisits(first: 2) { nodes { id state } } }")).toEqual([
      "homeVisits",
      "homeVisits",
    ]);
    const withContact = "{ homeVisits(first: 1) { nodes { address contactName contactPhone } } }";
    expect(await operations(withContact)).toEqual(["homeVisitContact", "homeVisits"]);
  });
});
