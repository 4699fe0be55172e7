import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../src/storage/ids.js";
import { accessLog, certification } from "../src/storage/tables.js";
import { readStatus } from "./testkit/certify.js";
import { PensionerStatusDocument, PensionerStatusesDocument } from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPeople, buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { statementsOf } from "./testkit/statements.js";

const people = buildPeople(100, { lastCertifiedOn: "2026-01-20" });
const strangers = buildPeople(3);
let sandbox: SandboxServer;
let channel: GraphQLClient;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  await importPeople(sandbox.app, people);
  channel = await sandbox.signIn("JINGTONG_WECHAT");
  // The first request of a token looks the client up.
  await ask(people.slice(0, 1));
});

afterAll(() => sandbox[Symbol.asyncDispose]());

async function ask(subjects: readonly TestPerson[]) {
  const variables = { subjects: subjects.map(subjectOf) };
  return (await channel.request(PensionerStatusesDocument, variables)).pensionerStatuses;
}

/** Who was read, by whose row in the log, during the work. */
async function readsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const log = () => sandbox.app.database.db.select().from(accessLog);
  const before = new Set((await log()).map(({ id }) => id));
  await work();
  return (await log()).filter(({ id }) => !before.has(id)).map(({ pensionerId }) => pensionerId);
}

describe("asking for many at once", () => {
  test("runs two statements for 100 as for one", async () => {
    const forOne = await statementsOf(sandbox.app.database, () => ask(people.slice(0, 1)));
    const forAll = await statementsOf(sandbox.app.database, () => ask(people));
    for (const statements of [forOne, forAll]) {
      expect(statements).toEqual([
        expect.stringMatching(/^select .* from "identity_document"/s),
        expect.stringMatching(/^insert into "access_log"/),
      ]);
    }
    const [ofOne = "", ofAll = ""] = [forOne[0], forAll[0]];
    expect(ofAll.replace("any($1::bytea[])", "$1::bytea")).toBe(ofOne);
  });

  test("asking for one by pensionerStatus runs two statements", async () => {
    const statements = await statementsOf(sandbox.app.database, () =>
      channel.request(PensionerStatusDocument, { subject: subjectOf(people[0] ?? buildPerson()) }),
    );
    expect(statements).toHaveLength(2);
  });

  test("answers in the order asked, with the unknown in their places", async () => {
    const [first = buildPerson(), second = buildPerson(), third = buildPerson()] = people;
    const [unknown = buildPerson()] = strangers;
    const alone = await Promise.all([first, second, third].map((person) => ask([person])));
    const [ofFirst, ofSecond, ofThird] = alone.flat();
    const [ofUnknown] = await ask([unknown]);
    expect(ofUnknown).toMatchObject({ inScope: false, pensioner: null, notice: { code: "NOT_IN_SCOPE" } });
    const asked = [third, unknown, first, second, { ...first, name: second.name }];
    expect(await ask(asked)).toEqual([ofThird, ofUnknown, ofFirst, ofSecond, ofUnknown]);
  });

  test("answers each time for someone who is in the list several times", async () => {
    const [person = buildPerson(), other = buildPerson()] = people;
    const answers = await ask([person, other, person, person]);
    expect(answers[2]).toEqual(answers[0]);
    expect(answers[3]).toEqual(answers[0]);
    expect(answers[0]?.pensioner?.id).toBe((await readStatus(channel, person)).id);
    expect(answers[1]?.pensioner?.id).toBe((await readStatus(channel, other)).id);
  });

  test("records a read of each person, once a request, and none of the unknown", async () => {
    const ids = (await ask(people)).map(({ pensioner }) => keyOf(pensioner?.id ?? "").pensionerId);
    expect(new Set(ids).size).toBe(100);
    expect((await readsDuring(() => ask(people))).toSorted()).toEqual(ids.toSorted());
    const [first = buildPerson(), second = buildPerson()] = people;
    const [unknown = buildPerson()] = strangers;
    const reads = await readsDuring(() => ask([first, unknown, second, first]));
    expect(reads.toSorted()).toEqual(ids.slice(0, 2).toSorted());
    expect(await readsDuring(() => ask(strangers))).toEqual([]);
  });

  test("is refused for 101, before anything is read", async () => {
    const subjects = [...people, buildPerson()].map(subjectOf);
    const statements = await statementsOf(sandbox.app.database, async () => {
      const { errors, data } = await channel.refused(PensionerStatusesDocument, { subjects });
      expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", argument: ["subjects"] } }]);
      expect(data).toBeNull();
    });
    expect(statements).toEqual([]);
  });

  test("is refused as a whole for one number that cannot be, and says which", async () => {
    const subjects = people.slice(0, 3).map(subjectOf);
    subjects.push({ name: "测试", document: { type: "RESIDENT_ID", number: "110108194101010000" } });
    const { errors } = await channel.refused(PensionerStatusesDocument, { subjects });
    expect(errors).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT", argument: ["subjects", "3", "document", "number"] } },
    ]);
  });
});

describe("what is pending", () => {
  const query = `query ($subjects: [SubjectInput!]!) {
    pensionerStatuses(subjects: $subjects) {
      pensioner { certificationStatus { pending { id state pensioner { id version } } } }
    }
  }`;
  const submitted = people.slice(0, 20);

  beforeAll(async () => {
    const { db } = sandbox.app.database;
    for (const { pensioner } of await ask(submitted)) {
      const at = new Date();
      await db.insert(certification).values({
        ...keyOf(pensioner?.id ?? ""),
        id: newId(),
        clientId: "sandbox-jingtong-wechat",
        channel: "JINGTONG_WECHAT",
        method: "FACE",
        actor: "SELF",
        state: "PENDING",
        occurredAt: at,
        receivedAt: at,
        policyVersion: "test",
      });
    }
  });

  test("E6 takes as many statements for 20 as for one", async () => {
    const askPending = async (subjects: readonly TestPerson[]) => {
      const { data } = await channel.send<unknown>({
        query,
        variables: { subjects: subjects.map(subjectOf) },
      });
      expect(JSON.stringify(data).match(/"state":"PENDING"/g)).toHaveLength(subjects.length);
    };
    const forOne = await statementsOf(sandbox.app.database, () => askPending(submitted.slice(0, 1)));
    const forAll = await statementsOf(sandbox.app.database, () => askPending(submitted));
    expect(forAll).toHaveLength(forOne.length);
  });
});
