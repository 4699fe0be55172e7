import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseOpaqueId } from "../src/storage/ids.js";
import { places } from "../src/storage/sealing.js";
import { certification, certificationSession } from "../src/storage/tables.js";
import { advanceClock, buildStart, certify, showFace, startSession } from "./testkit/certify.js";
import { CertificationStartDocument, type HelperInput } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, type TestPerson } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  channel = await sandbox.signIn("JINGTONG_WECHAT");
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function imported(): Promise<TestPerson> {
  const person = buildPerson();
  await importPeople(sandbox.app, [person]);
  return person;
}

function buildHelper(overrides: Partial<HelperInput> = {}): HelperInput {
  const { name, document } = buildPerson();
  return { name, document, relation: "CHILD", consented: true, ...overrides };
}

async function refusalOf(person: TestPerson, helper: HelperInput) {
  const input = buildStart(person, { actor: { helper } });
  const { session, userErrors } = (await channel.request(CertificationStartDocument, { input }))
    .certificationStart;
  expect(session).toBeNull();
  return userErrors;
}

describe("the helper's identity", () => {
  test("C1 is kept sealed, with the relation, on the session and on the certification", async () => {
    const { database, sealing } = sandbox.app;
    const helper = buildHelper({ relation: "CAREGIVER" });
    const session = await startSession(channel, await imported(), { actor: { helper } });
    const answer = await showFace(channel, session.id);
    expect(answer.actor).toBe("ON_BEHALF");

    const sessionId = idOf(session.id);
    const [sessionRow] = await database.db
      .select()
      .from(certificationSession)
      .where(eq(certificationSession.id, sessionId));
    const certificationId = idOf(answer.id);
    const [row] = await database.db.select().from(certification).where(eq(certification.id, certificationId));
    if (!sessionRow || !row) throw new Error("a row is missing");
    const open = (sealed: Buffer | null, place: string) => sealed && sealing.open(sealed, place);
    expect({
      relation: sessionRow.helperRelation,
      type: sessionRow.helperDocumentType,
      name: open(sessionRow.helperNameSealed, places.sessionHelperName(sessionId)),
      number: open(sessionRow.helperNumberSealed, places.sessionHelperNumber(sessionId)),
    }).toEqual({
      relation: "CAREGIVER",
      type: "RESIDENT_ID",
      name: helper.name,
      number: helper.document.number,
    });
    expect({
      relation: row.helperRelation,
      type: row.helperDocumentType,
      name: open(row.helperNameSealed, places.certificationHelperName(certificationId)),
      number: open(row.helperNumberSealed, places.certificationHelperNumber(certificationId)),
    }).toEqual({
      relation: "CAREGIVER",
      type: "RESIDENT_ID",
      name: helper.name,
      number: helper.document.number,
    });
  });

  test("C1 is absent when pensioners certify for themselves", async () => {
    const answer = await certify(channel, await imported());
    const id = idOf(answer.id);
    const [row] = await sandbox.app.database.db.select().from(certification).where(eq(certification.id, id));
    expect(row).toMatchObject({
      actor: "SELF",
      helperNameSealed: null,
      helperNumberSealed: null,
      helperDocumentType: null,
      helperRelation: null,
    });
  });
});

function idOf(opaque: string): string {
  const key = parseOpaqueId(opaque);
  if (!key || key.kind === "pensioner") throw new Error(`${opaque} is no such id`);
  return key.id;
}

describe("a helper is refused", () => {
  test("C1 without the pensioner's consent", async () => {
    expect(await refusalOf(await imported(), buildHelper({ consented: false }))).toMatchObject([
      { code: "INVALID_INPUT", path: ["input", "actor", "helper", "consented"] },
    ]);
  });

  test("C1 who is the pensioner", async () => {
    const person = await imported();
    const { name, document } = person;
    expect(await refusalOf(person, buildHelper({ name, document }))).toMatchObject([
      { code: "INVALID_INPUT", path: ["input", "actor", "helper"] },
    ]);
  });

  test("C1 C3 who is the pensioner under the number's old 15 digits", async () => {
    const person = await imported();
    const { number } = person.document;
    const old = number.slice(0, 6) + number.slice(8, 17);
    const helper = buildHelper({ name: person.name, document: { type: "RESIDENT_ID", number: old } });
    expect(await refusalOf(person, helper)).toMatchObject([{ path: ["input", "actor", "helper"] }]);
  });

  test("C3 whose number is wrong", async () => {
    const { document } = buildPerson();
    const number = document.number.slice(0, 17) + (document.number.endsWith("0") ? "1" : "0");
    const helper = buildHelper({ document: { ...document, number } });
    expect(await refusalOf(await imported(), helper)).toMatchObject([
      { code: "INVALID_DOCUMENT", path: ["input", "actor", "helper", "document", "number"] },
    ]);
  });
});

describe("the limit of one helper", () => {
  const helper = buildHelper();
  const actor = { helper };
  const [first = buildPerson(), ...others] = buildPeople(10);
  const eleventh = buildPerson();

  beforeAll(async () => {
    await importPeople(sandbox.app, [first, ...others, eleventh]);
  });

  test("C1 ten pensioners a month pass, and a failed face does not count", async () => {
    const session = await startSession(channel, eleventh, { actor });
    expect((await showFace(channel, session.id, "MISMATCH")).state).toBe("REJECTED");
    for (const person of [first, ...others]) {
      expect((await certify(channel, person, { actor })).state).toBe("PASSED");
    }
  });

  test("C1 the eleventh is refused in every channel", async () => {
    const other = await sandbox.signIn("APP_12333");
    for (const client of [channel, other]) {
      const input = buildStart(eleventh, { actor });
      const { certificationStart } = await client.request(CertificationStartDocument, { input });
      expect(certificationStart).toMatchObject({
        session: null,
        userErrors: [{ code: "HELPER_LIMIT_REACHED", path: ["input", "actor", "helper"] }],
      });
    }
  });

  test("C1 one of the ten may be certified again", async () => {
    expect((await certify(channel, first, { actor })).state).toBe("PASSED");
  });

  test("C1 the eleventh may still certify alone, or with someone else's help", async () => {
    expect((await certify(channel, eleventh)).state).toBe("PASSED");
    expect((await certify(channel, eleventh, { actor: { helper: buildHelper() } })).state).toBe("PASSED");
  });

  test("C1 V6 the next month begins at midnight in Beijing", async () => {
    await advanceClock(channel, "2026-06-30T15:59:00Z");
    expect(await refusalOf(eleventh, helper)).toMatchObject([{ code: "HELPER_LIMIT_REACHED" }]);
    await advanceClock(channel, "2026-06-30T16:00:00Z");
    expect((await certify(channel, eleventh, { actor })).state).toBe("PASSED");
  });
});
