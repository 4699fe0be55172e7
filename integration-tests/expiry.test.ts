import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessLog } from "../src/storage/tables.js";
import { certify, showFace, startSession } from "./testkit/certify.js";
import {
  ExpiringCertificationsDocument,
  ExpiryCalendarDocument,
  type ExpiryFilter,
  PensionerStatusesDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import {
  buildBenefit,
  buildPeople,
  buildPerson,
  importPeople,
  subjectOf,
  type TestPerson,
} from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let staff: GraphQLClient;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  staff = await sandbox.signIn("sandbox-staff");
  channel = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

let agencies = 0;

/** People of an agency of their own, so that no one else is in the way; gives a filter that finds them all. */
async function importAgency(
  people: (agencyCode: string) => TestPerson[],
): Promise<{ readonly filter: ExpiryFilter; readonly people: readonly TestPerson[] }> {
  agencies += 1;
  const agencyCode = `TEST-${agencies}`;
  const built = people(agencyCode);
  await importPeople(sandbox.app, built);
  return { filter: { from: "2026-01", through: "2027-12", agencyCode }, people: built };
}

/** Someone of an agency who certified in a month, and so is due twelve months later. */
function certifiedIn(month: string, agencyCode: string, overrides: Partial<TestPerson> = {}): TestPerson {
  const benefits = [buildBenefit({ agencyCode })];
  return buildPerson({ benefits, lastCertifiedOn: `${month}-08`, ...overrides });
}

/** The ids of people, in their order. */
async function idsOf(people: readonly TestPerson[]): Promise<string[]> {
  const { pensionerStatuses } = await staff.request(PensionerStatusesDocument, {
    subjects: people.map(subjectOf),
  });
  return pensionerStatuses.map(({ pensioner }) => {
    if (!pensioner) throw new Error("someone is not in scope");
    return pensioner.id;
  });
}

async function list(filter: ExpiryFilter, first = 100, after: string | null = null) {
  return (await staff.request(ExpiringCertificationsDocument, { filter, first, after }))
    .expiringCertifications;
}

async function listIds(filter: ExpiryFilter): Promise<string[]> {
  return (await list(filter)).nodes.map(({ id }) => id);
}

async function listAllPages(filter: ExpiryFilter, first: number): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo } = await list(filter, first, after);
    pages.push(nodes.map(({ id }) => id));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return pages;
}

async function refusalOf(variables: {
  readonly filter: ExpiryFilter;
  readonly first: number;
  readonly after?: string;
}) {
  const { errors } = await staff.refused(ExpiringCertificationsDocument, variables);
  return errors.map(({ extensions }) => extensions.code);
}

describe("who must certify by when", () => {
  test("V2 V5 P1 is listed by deadline, earliest first, within the months asked for", async () => {
    const { filter, people } = await importAgency((agency) =>
      ["2025-09", "2025-04", "2025-08", "2025-06", "2025-05", "2026-03"].map((month) =>
        certifiedIn(month, agency),
      ),
    );
    const { nodes } = await list({ ...filter, from: "2026-05", through: "2026-09" });
    expect(nodes.map(({ certificationStatus }) => certificationStatus)).toEqual([
      { state: "OVERDUE", validThrough: "2026-05-31", firstUnpaidMonth: "2026-06" },
      { state: "DUE_SOON", validThrough: "2026-06-30", firstUnpaidMonth: "2026-07" },
      { state: "DUE_SOON", validThrough: "2026-08-31", firstUnpaidMonth: "2026-09" },
      { state: "VALID", validThrough: "2026-09-30", firstUnpaidMonth: "2026-10" },
    ]);
    const [september, , august, june, may] = await idsOf(people);
    expect(nodes.map(({ id }) => id)).toEqual([may, june, august, september]);
  });

  test("V5 is limited to one state by the states' first and last days", async () => {
    const months = ["2025-05", "2025-06", "2025-08", "2025-09"];
    const { filter, people } = await importAgency((agency) =>
      months.map((month) => certifiedIn(month, agency)),
    );
    const [may, june, august, september] = await idsOf(people);
    expect(await listIds({ ...filter, state: "OVERDUE" })).toEqual([may]);
    expect(await listIds({ ...filter, state: "DUE_SOON" })).toEqual([june, august]);
    expect(await listIds({ ...filter, state: "VALID" })).toEqual([september]);
  });

  test("is limited to an employer", async () => {
    const { filter, people } = await importAgency((agency) => [
      certifiedIn("2025-06", agency, { employerCode: "TEST-EMPLOYER-A" }),
      certifiedIn("2025-07", agency, { employerCode: "TEST-EMPLOYER-B" }),
      certifiedIn("2025-08", agency),
    ]);
    const [ofA, ofB] = await idsOf(people);
    expect(await listIds({ ...filter, employerCode: "TEST-EMPLOYER-A" })).toEqual([ofA]);
    expect(await listIds({ ...filter, employerCode: "TEST-EMPLOYER-B" })).toEqual([ofB]);
    expect(await listIds({ ...filter, employerCode: "TEST-EMPLOYER" })).toEqual([]);
  });

  test("V7 is limited by what holds of one and the same benefit, and lists a person once", async () => {
    const { filter, people } = await importAgency((agencyCode) => {
      const inDistrict = (districtCode: string) => buildBenefit({ agencyCode, districtCode });
      const care = buildBenefit({ agencyCode, type: "LIVING_CARE_ALLOWANCE", districtCode: "110105" });
      return [
        buildPerson({ lastCertifiedOn: "2025-06-08", benefits: [inDistrict("110108"), care] }),
        buildPerson({ lastCertifiedOn: "2025-07-08", benefits: [inDistrict("110105")] }),
        buildPerson({
          lastCertifiedOn: "2025-08-08",
          benefits: [inDistrict("110102"), buildBenefit({ type: "OTHER" })],
        }),
      ];
    });
    const [twoBenefits, east, west] = await idsOf(people);
    expect(await listIds(filter)).toEqual([twoBenefits, east, west]);
    expect(await listIds({ ...filter, districtCode: "110108" })).toEqual([twoBenefits]);
    expect(await listIds({ ...filter, districtCode: "110105" })).toEqual([twoBenefits, east]);
    expect(await listIds({ ...filter, benefitType: "LIVING_CARE_ALLOWANCE" })).toEqual([twoBenefits]);
    const eastRetired = { districtCode: "110105", benefitType: "ENTERPRISE_RETIREMENT" } as const;
    expect(await listIds({ ...filter, ...eastRetired })).toEqual([east]);
    // Its other benefit is of another agency.
    expect(await listIds({ ...filter, benefitType: "OTHER" })).toEqual([]);
  });

  test("V3 changes place with a pass", async () => {
    const { filter, people } = await importAgency((agency) => [
      certifiedIn("2025-06", agency),
      certifiedIn("2025-07", agency),
    ]);
    const [first, second] = await idsOf(people);
    expect(await listIds(filter)).toEqual([first, second]);
    await certify(channel, people[0] ?? buildPerson());
    expect(await listIds(filter)).toEqual([second, first]);
  });
});

describe("pages of the list", () => {
  test("lose no one and repeat no one, though many have the same deadline", async () => {
    const { filter, people } = await importAgency((agency) => [
      ...Array.from({ length: 17 }, () => certifiedIn("2025-06", agency)),
      ...Array.from({ length: 6 }, () => certifiedIn("2025-07", agency)),
    ]);
    const whole = await listIds(filter);
    expect(whole.toSorted()).toEqual((await idsOf(people)).toSorted());
    const pages = await listAllPages(filter, 5);
    expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
    expect(pages.flat()).toEqual(whole);
    expect((await listAllPages(filter, 23)).flat()).toEqual(whole);
    expect((await listAllPages(filter, 1)).flat()).toEqual(whole);
  });

  test("go on at the same place when the one before it has certified meanwhile", async () => {
    const { filter, people } = await importAgency((agency) =>
      ["2025-06", "2025-07", "2025-08"].map((month) => certifiedIn(month, agency)),
    );
    const [first, second, third] = await idsOf(people);
    const page = await list(filter, 1);
    expect(page.nodes.map(({ id }) => id)).toEqual([first]);
    await certify(channel, people[0] ?? buildPerson());
    const rest = await list(filter, 10, page.pageInfo.endCursor);
    expect(rest.nodes.map(({ id }) => id)).toEqual([second, third, first]);
  });

  test("record a read of each person shown, and of no one else", async () => {
    const { filter, people } = await importAgency((agency) =>
      Array.from({ length: 4 }, () => certifiedIn("2025-06", agency)),
    );
    await idsOf(people);
    const reads = async () =>
      sandbox.app.database.db
        .select()
        .from(accessLog)
        .where(eq(accessLog.operation, "expiringCertifications"));
    const before = (await reads()).length;
    await list(filter, 3);
    const added = (await reads()).slice(before);
    expect(new Set(added.map(({ pensionerId }) => pensionerId)).size).toBe(3);
    expect(added).toHaveLength(3);
  });

  test("are refused for a cursor of another filter, and for one that is none", async () => {
    const { filter } = await importAgency((agency) => [
      certifiedIn("2025-06", agency),
      certifiedIn("2025-06", agency),
    ]);
    const { endCursor } = (await list(filter, 1)).pageInfo;
    const after = endCursor ?? "";
    expect((await list(filter, 1, after)).nodes).toHaveLength(1);
    for (const other of [
      { ...filter, through: "2027-11" },
      { ...filter, state: "DUE_SOON" },
      { ...filter, districtCode: "110108" },
      { ...filter, employerCode: "TEST-EMPLOYER-A" },
      { ...filter, benefitType: "OTHER" },
    ] as const) {
      expect(await refusalOf({ filter: other, first: 1, after })).toEqual(["BAD_USER_INPUT"]);
    }
    expect(await refusalOf({ filter, first: 1, after: "" })).toEqual(["BAD_USER_INPUT"]);
    expect(await refusalOf({ filter, first: 1, after: after.slice(0, -4) })).toEqual(["BAD_USER_INPUT"]);
  });

  test.each([0, -1, 501])("are refused for first %i, never clamped", async (first) => {
    const filter = { from: "2026-01", through: "2026-12" };
    expect(await refusalOf({ filter, first })).toEqual(["BAD_USER_INPUT"]);
  });

  test("hold up to 500", async () => {
    const { nodes, pageInfo } = await list({ from: "2024-01", through: "2028-12" }, 500);
    expect(nodes.length).toBeGreaterThan(0);
    expect(pageInfo.hasNextPage).toBe(false);
  });

  test.each([
    ["ends before it begins", { from: "2026-06", through: "2026-05" }],
    ["has more than 60 months", { from: "2021-01", through: "2026-01" }],
  ])("are refused when the range %s", async (_, filter) => {
    expect(await refusalOf({ filter, first: 10 })).toEqual(["BAD_USER_INPUT"]);
  });
});

describe("the calendar of deadlines", () => {
  const months = ["2025-05", "2025-05", "2025-05", "2025-06", "2025-06", "2025-08"];

  async function calendar(filter: ExpiryFilter) {
    const { expiryCalendar } = await staff.request(ExpiryCalendarDocument, { filter });
    for (const { deadlines, certified, outstanding, suspended } of expiryCalendar) {
      expect(certified + outstanding + suspended).toBe(deadlines);
    }
    return Object.fromEntries(
      expiryCalendar.map(({ month, certified, outstanding, suspended }) => [
        month,
        [certified, outstanding, suspended],
      ]),
    );
  }

  test("P1 counts every month asked for: certified, outstanding, suspended", async () => {
    const { filter } = await importAgency((agency) => months.map((month) => certifiedIn(month, agency)));
    expect(await calendar({ ...filter, from: "2026-04", through: "2026-09" })).toEqual({
      "2026-04": [0, 0, 0],
      "2026-05": [0, 0, 3],
      "2026-06": [0, 2, 0],
      "2026-07": [0, 0, 0],
      "2026-08": [0, 1, 0],
      "2026-09": [0, 0, 0],
    });
  });

  test("V3 moves a person with a pass, once a month", async () => {
    const { filter, people } = await importAgency((agency) =>
      months.map((month) => certifiedIn(month, agency)),
    );
    const [suspended = buildPerson(), , , outstanding = buildPerson()] = people;
    await certify(channel, suspended);
    await certify(channel, outstanding);
    const after = await calendar(filter);
    expect(after).toMatchObject({
      "2026-05": [1, 0, 2],
      "2026-06": [1, 1, 0],
      "2026-08": [0, 1, 0],
      "2027-06": [0, 2, 0],
    });
    // A second pass in the same month replaces nothing.
    await certify(channel, outstanding);
    expect(await calendar(filter)).toEqual(after);
  });

  test("E8 does not move a person with a failed face", async () => {
    const { filter, people } = await importAgency((agency) =>
      months.map((month) => certifiedIn(month, agency)),
    );
    const before = await calendar(filter);
    const session = await startSession(channel, people[0] ?? buildPerson());
    await showFace(channel, session.id, "MISMATCH");
    expect(await calendar(filter)).toEqual(before);
  });

  test("counts those whom the list shows, under every filter", async () => {
    const { filter, people } = await importAgency((agencyCode) => [
      ...months.map((month) => certifiedIn(month, agencyCode, { employerCode: "TEST-EMPLOYER-C" })),
      ...buildPeople(2, {
        lastCertifiedOn: "2025-06-08",
        benefits: [
          buildBenefit({ agencyCode, districtCode: "110102" }),
          buildBenefit({ agencyCode, districtCode: "110102", type: "OTHER" }),
        ],
      }),
    ]);
    for (const person of people.slice(0, 3)) await certify(channel, person);
    for (const narrowed of [
      filter,
      { ...filter, employerCode: "TEST-EMPLOYER-C" },
      { ...filter, districtCode: "110102" },
      { ...filter, benefitType: "OTHER" },
      { ...filter, state: "OVERDUE" },
      { ...filter, state: "DUE_SOON" },
      { ...filter, state: "VALID" },
    ] as const) {
      const listed = (await list(narrowed)).nodes.map(
        ({ certificationStatus }) => certificationStatus.validThrough,
      );
      const counts = Object.entries(await calendar(narrowed));
      const due = counts.map(([month, [, outstanding = 0, suspended = 0]]) => [
        month,
        outstanding + suspended,
      ]);
      const shown = Map.groupBy(listed, (day) => day.slice(0, 7));
      expect(due).toEqual(counts.map(([month]) => [month, shown.get(month)?.length ?? 0]));
    }
    const certified = Object.values(await calendar(filter)).map(([count = 0]) => count);
    expect(certified.reduce((sum, count) => sum + count, 0)).toBe(3);
  });
});
