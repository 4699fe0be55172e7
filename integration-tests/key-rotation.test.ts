import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../src/app.js";
import { withCurrent, withNewVersion, withoutVersion } from "../src/commands/key-versions-in-file.js";
import { changeKeyFile } from "../src/key-file.js";
import { writeKeyFileIfAbsent } from "../src/keys.js";
import {
  type BackfillOptions,
  backfillKeys,
  countKeyVersions,
  KeyStillNeeded,
  retireKeyVersion,
} from "../src/operations/rotate-keys.js";
import { clientSecretIndex, upsertClients } from "../src/storage/channel-clients.js";
import type { Database } from "../src/storage/database.js";
import { newId } from "../src/storage/ids.js";
import { phoneIndex } from "../src/storage/pensioner-index.js";
import { indexVersionOf, type KeyKind, places } from "../src/storage/sealing.js";
import { certification, channelClient, contactTask, idempotencyKey } from "../src/storage/tables.js";
import {
  advanceClock,
  buildStart,
  completeSession,
  faceAssertionFor,
  readStatus,
} from "./testkit/certify.js";
import { openTestDatabase } from "./testkit/database.js";
import { sha256Of } from "./testkit/employer.js";
import { buildFile, upload } from "./testkit/evidence-uploads.js";
import { Fleet } from "./testkit/fleet.js";
import {
  CertificationRecordDocument,
  CertificationStartDocument,
  ContactPhoneReportWrongDocument,
  PensionerStatusesDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { readEverything } from "./testkit/key-versions.js";
import { buildPeople, buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { readAndRederive } from "./testkit/rederive.js";
import { signIn } from "./testkit/sandbox-server.js";

const clock = "2026-06-15T02:00:00Z";
const kinds: readonly KeyKind[] = ["sealing", "index"];

let directory: string;
let file: string;
let database: Database;
let fleet: Fleet;
let app: App;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "changqing-rotation-"));
  file = join(directory, "keys.json");
  await writeKeyFileIfAbsent(file, true);
  database = await openTestDatabase();
  fleet = new Fleet(database, { clock, evidenceDir: join(directory, "evidence") });
  app = await fleet.start(file);
});

afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function replaceProcess(): Promise<void> {
  app = await fleet.start(file);
  // Both run for a while.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await fleet.stopOldest();
}

const rotation = () => ({
  database,
  sealing: app.sealing,
  evidenceStore: app.services.evidenceFiles.store,
  now: app.services.now(),
});

/** A start and a completion under keys that are sent again later. */
interface Certified {
  readonly start: ReturnType<typeof buildStart>;
  readonly sessionId: string;
  readonly assertion: string;
  readonly completionKey: string;
  readonly certificationId: string | undefined;
}

async function certifyOnce(
  client: GraphQLClient,
  person: TestPerson,
  overrides: Parameters<typeof buildStart>[1] = {},
): Promise<Certified> {
  const start = buildStart(person, overrides);
  const { session } = (await client.request(CertificationStartDocument, { input: start })).certificationStart;
  if (!session) throw new Error(`no session for ${person.name}`);
  const assertion = await faceAssertionFor(client, session.id);
  const completionKey = randomUUID();
  const { certification } = await completeSession(client, session.id, assertion, completionKey);
  if (certification?.state !== "PASSED") throw new Error(`${person.name} did not pass`);
  return { start, sessionId: session.id, assertion, completionKey, certificationId: certification.id };
}

/** The same writes again have the same answers, and no effect. */
async function replay(client: GraphQLClient, certified: Certified): Promise<void> {
  const { start, sessionId, assertion, completionKey, certificationId } = certified;
  const again = (await client.request(CertificationStartDocument, { input: start })).certificationStart;
  expect(again.session?.id).toBe(sessionId);
  const completed = await completeSession(client, sessionId, assertion, completionKey);
  expect(completed.certification?.id).toBe(certificationId);
  const other = { ...start, contactPhone: "13800000000" };
  const { errors } = await client.refused(CertificationStartDocument, { input: other });
  expect(errors).toMatchObject([{ extensions: { code: "IDEMPOTENCY_KEY_REUSED" } }]);
}

async function certifyAtCounter(client: GraphQLClient, person: TestPerson, contactPhone: string) {
  const input = {
    idempotencyKey: randomUUID(),
    subject: subjectOf(person),
    method: "IN_PERSON" as const,
    operator: "窗口07",
    evidence: [{ identityDocument: { document: person.document, expiresOn: "2030-01-01" } }],
    contactPhone,
    recertifyWhenValid: true,
  };
  const { certificationRecord } = await client.request(CertificationRecordDocument, { input });
  // The document that was shown must be found to be the person's.
  if (certificationRecord.certification?.state !== "PASSED")
    throw new Error(`${person.name} did not pass: ${JSON.stringify(certificationRecord)}`);
}

const readers = buildPeople(12, { phone: "13911110001", lastCertifiedOn: "2026-01-20" });
const certifiers = buildPeople(4, { phone: "13911110002", lastCertifiedOn: "2025-02-11" });
const visitors = buildPeople(4, { phone: "13911110003", lastCertifiedOn: "2025-02-11" });
const registered = buildPeople(6, { phone: "13911110004", lastCertifiedOn: "2025-08-11" });
const reported = buildPerson({ phone: "13911110006" });
const everyone = [reported, ...readers, ...certifiers, ...visitors, ...registered];

/** Reads, certifications and imports, until told to stop; a failed one ends the test. */
class Load {
  readonly done = { reads: 0, passes: 0, records: 0, imports: 0, files: 0 };
  readonly files = new Map<string, Buffer>();
  readonly phones = new Map<string, string>();
  readonly newcomers: TestPerson[] = [];
  #stopped = false;
  readonly #workers = [
    this.#read(),
    this.#readMany(),
    this.#certify(),
    this.#record(),
    this.#import(),
    this.#upload(),
  ];

  constructor() {
    // A failure is looked at when the test next asks.
    for (const worker of this.#workers) worker.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#workers);
  }

  /** Every kind of work was done since it was last asked. */
  async wasBusy(): Promise<void> {
    const before = { ...this.done };
    const all = Object.keys(before) as (keyof typeof before)[];
    while (!all.every((kind) => this.done[kind] > before[kind])) {
      await Promise.race([
        ...this.#workers.map((worker) => worker.then(() => expect(this.#stopped).toBe(true))),
        new Promise((resolve) => setTimeout(resolve, 20)),
      ]);
    }
  }

  /** Many callers would only make the machine slower: what matters is that there is work at every moment. */
  #breathe(milliseconds = 50): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  async #read(): Promise<void> {
    for (let round = 0; !this.#stopped; round += 1) {
      const person = readers[round % readers.length] ?? buildPerson();
      const status = await fleet.with("JINGTONG_WECHAT", (client) => readStatus(client, person));
      expect(status).toMatchObject({
        maskedName: expect.stringContaining("*"),
        maskedPhone: "139****0001",
        certificationStatus: { validThrough: "2027-01-31" },
      });
      this.done.reads += 1;
      await this.#breathe();
    }
  }

  async #readMany(): Promise<void> {
    while (!this.#stopped) {
      const subjects = everyone.map(subjectOf);
      const { pensionerStatuses } = await fleet.with("E_SOCIAL_SECURITY_CARD", (client) =>
        client.request(PensionerStatusesDocument, { subjects }),
      );
      expect(pensionerStatuses.filter(({ inScope }) => !inScope)).toEqual([]);
      this.done.reads += 1;
      await this.#breathe();
    }
  }

  async #certify(): Promise<void> {
    for (let round = 0; !this.#stopped; round += 1) {
      const person = certifiers[round % certifiers.length] ?? buildPerson();
      const contactPhone = `1382222${String(round).padStart(4, "0")}`;
      await fleet.with("ICBC_APP", (client) => certifyOnce(client, person, { contactPhone }));
      this.phones.set(person.name, contactPhone);
      this.done.passes += 1;
      await this.#breathe();
    }
  }

  async #record(): Promise<void> {
    for (let round = 0; !this.#stopped; round += 1) {
      const person = visitors[round % visitors.length] ?? buildPerson();
      const contactPhone = `1383333${String(round).padStart(4, "0")}`;
      await fleet.with("AGENCY_COUNTER", (client) => certifyAtCounter(client, person, contactPhone));
      this.phones.set(person.name, contactPhone);
      this.done.records += 1;
      await this.#breathe();
    }
  }

  async #upload(): Promise<void> {
    for (let round = 0; !this.#stopped; round += 1) {
      const file = buildFile("jpeg", `photo ${round}`);
      const { status } = await fleet.with("EMPLOYER", (client) => upload(client, file, "jpeg"));
      expect(status).toBe(201);
      this.files.set(sha256Of(file), file);
      this.done.files += 1;
      await this.#breathe(250);
    }
  }

  /** Of people who are there, and of new ones. */
  async #import(): Promise<void> {
    for (let round = 0; !this.#stopped; round += 1) {
      const newcomers = buildPeople(2, { phone: "13911110005" });
      const changed = registered.map((person) => ({ ...person, employerCode: `EMP-${round}` }));
      await fleet.with("HUAXIA_APP", async (_, at) => {
        const progress = await importPeople(at, [...changed, ...newcomers]);
        expect(progress).toMatchObject({ added: 2, failed: 0 });
      });
      this.newcomers.push(...newcomers);
      this.done.imports += 1;
      await this.#breathe(250);
    }
  }
}

/** A backfill that ends in the middle, as if it had been killed: nothing of it is left but what it committed. */
async function killBackfill(kind: KeyKind, afterShare: number): Promise<number> {
  let replaced = 0;
  const options: BackfillOptions = {
    chunkRows: 3,
    onProgress: (progress) => {
      replaced = progress.replaced;
      if (progress.share > afterShare && replaced > 0) throw new Error("killed");
    },
  };
  await expect(backfillKeys(rotation(), kind, options)).rejects.toThrow("killed");
  return replaced;
}

test("keys are rotated under load without a failed read or a lost write", { timeout: 300_000 }, async () => {
  await importPeople(app, everyone);
  const helper = buildPerson();
  const actor = {
    helper: { name: helper.name, document: helper.document, relation: "CHILD", consented: true },
  } as const;
  const served = buildPeople(12, { lastCertifiedOn: "2025-02-11" });
  await importPeople(app, served);
  const early: Certified[] = [];
  for (const person of readers.slice(0, 2))
    early.push(await fleet.with("HUAXIA_APP", (client) => certifyOnce(client, person)));
  // The readers' status is looked at throughout, so what these two did is set back by nothing but a rotation gone wrong.
  readers.splice(0, 2);
  for (const person of served.slice(0, 6))
    await fleet.with("HUAXIA_APP", (client) => certifyOnce(client, person, { actor }));
  const tasks = await reportPhones();
  await addOwnClient("reachable-client");
  await addOwnClient("silent-client");
  const passesBefore = await countPasses();

  await using load = new Load();
  await load.wasBusy();

  // 1. The new versions are at hand everywhere, and nothing is written under them.
  for (const kind of kinds) await changeKeyFile(file, async (json) => withNewVersion(json, kind, false).file);
  await replaceProcess();
  await load.wasBusy();
  expect(new Set((await countKeyVersions(rotation())).map(({ version }) => version))).toEqual(new Set([1]));

  // 2. They are current; for a while one process writes under the old ones and another one under the new ones.
  for (const kind of kinds) await changeKeyFile(file, async (json) => withCurrent(json, kind, 2));
  app = await fleet.start(file);
  await load.wasBusy();
  for (const kind of kinds)
    await expect(retireKeyVersion(rotation(), kind, 1)).rejects.toThrow(KeyStillNeeded);
  await fleet.stopOldest();
  await load.wasBusy();
  for (const certified of early) await fleet.with("HUAXIA_APP", (client) => replay(client, certified));
  // R6 the same phone is the same task under another version.
  expect(await reportWrongPhone(reported)).toBe(1);
  expect(await database.db.$count(contactTask)).toBe(2);
  // C1 counts across versions: six before, four now, and no more.
  for (const person of served.slice(6, 10))
    await fleet.with("HUAXIA_APP", (client) => certifyOnce(client, person, { actor }));
  const eleventh = buildStart(served[10] ?? buildPerson(), { actor });
  const refused = await fleet.with("HUAXIA_APP", (client) =>
    client.request(CertificationStartDocument, { input: eleventh }),
  );
  expect(refused.certificationStart.userErrors).toMatchObject([{ code: "HELPER_LIMIT_REACHED" }]);

  // 3. What there is follows, through two deaths of the backfill.
  for (const kind of kinds) {
    const killed = await killBackfill(kind, 0.05);
    expect(killed).toBeGreaterThan(0);
    await load.wasBusy();
    await killBackfill(kind, 0.4);
    await load.wasBusy();
    const shares: number[] = [];
    const result = await backfillKeys(rotation(), kind, {
      chunkRows: 3,
      onProgress: ({ share }) => {
        shares.push(share);
      },
    });
    expect(result).toMatchObject({ left: [], faults: 0, stopped: false });
    expect(shares[0]).toBeGreaterThan(0.2);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(await backfillKeys(rotation(), kind)).toMatchObject({ replaced: 0, left: [], faults: 0 });
  }
  await load.wasBusy();
  await load.stop();

  // 4. The old versions go: the sealing key at once, the index key when nothing can ask for what is under it.
  expect(await retireKeyVersion(rotation(), "sealing", 1)).toBe("retired");
  const against = await neededAgainst("index");
  expect(against).toEqual([
    "channel_client.secret_index",
    "helper_pensioner.helper_index",
    "idempotency_key.input_index",
    "idempotency_key.key_index",
  ]);
  for (const certified of early) await fleet.with("HUAXIA_APP", (client) => replay(client, certified));
  await fleet.with("HUAXIA_APP", (client) => advanceClock(client, "2026-07-16T02:00:01Z"));
  expect(await neededAgainst("index")).toEqual(["channel_client.secret_index"]);
  expect(await secretsUnderTheOldKey()).toEqual(["reachable-client", "silent-client"]);
  await useOwnClient("reachable-client");
  expect(await secretsUnderTheOldKey()).toEqual(["silent-client"]);
  await database.db
    .update(channelClient)
    .set({ disabledAt: new Date() })
    .where(eq(channelClient.id, "silent-client"));
  expect(await retireKeyVersion(rotation(), "index", 1)).toBe("retired");

  for (const kind of kinds) await changeKeyFile(file, async (json) => withoutVersion(json, kind, 1));
  await replaceProcess();
  expect([app.sealing.versions("sealing"), app.sealing.versions("index")]).toEqual([[2], [2]]);
  await useOwnClient("reachable-client");
  expect(await countPasses()).toBe(passesBefore + load.done.passes + load.done.records + 4);
  await expectPhonesReported(tasks);
  await expectNothingLost(load);
});

async function countPasses(): Promise<number> {
  return database.db.$count(certification, eq(certification.state, "PASSED"));
}

async function neededAgainst(kind: KeyKind): Promise<string[]> {
  const refused: unknown = await retireKeyVersion(rotation(), kind, 1).catch((error: unknown) => error);
  if (!(refused instanceof KeyStillNeeded)) throw refused;
  return refused.needed.map(({ name }) => name).toSorted();
}

/** How many persons of the name were found by the phone. */
async function reportWrongPhone({ name, phone }: TestPerson): Promise<number> {
  const input = { idempotencyKey: randomUUID(), name, phone: phone ?? "" };
  const { contactPhoneReportWrong } = await fleet.with("HUAXIA_APP", (client) =>
    client.request(ContactPhoneReportWrongDocument, { input }),
  );
  expect(contactPhoneReportWrong.userErrors).toEqual([]);
  const [last] = await database.db
    .select()
    .from(idempotencyKey)
    .where(eq(idempotencyKey.operation, "contactPhoneReportWrong"))
    .orderBy(desc(idempotencyKey.createdAt))
    .limit(1);
  if (!last) throw new Error("nothing was stored");
  return (last.result as { readonly persons: number }).persons;
}

/** R6: two reports about one person: of the phone that is stored, and of one that no longer is. */
async function reportPhones(): Promise<readonly [string, string]> {
  expect(await reportWrongPhone(reported)).toBe(1);
  const [present] = await database.db.select().from(contactTask);
  if (!present) throw new Error("nothing was reported");
  const former = { ...present, id: newId(), phoneIndex: phoneIndex(app.sealing, "13922220001") };
  await database.db.insert(contactTask).values(former);
  return [present.id, former.id];
}

async function expectPhonesReported([present, former]: readonly [string, string]): Promise<void> {
  const rows = await database.db.select().from(contactTask);
  const indexOf = (task: string) => rows.find(({ id }) => id === task)?.phoneIndex;
  expect(indexOf(present)).toEqual(phoneIndex(app.sealing, "13911110006"));
  expect(indexOf(former)).toBeDefined();
  expect(indexOf(former)).not.toEqual(phoneIndex(app.sealing, "13922220001"));
}

/** A client whose secret is known to the client alone: a start does not register it again. */
async function addOwnClient(id: string): Promise<void> {
  const secretIndex = clientSecretIndex(app.sealing, id, `secret of ${id}`);
  await database.transact((tx) =>
    upsertClients(tx, [
      {
        id,
        name: id,
        kind: "STAFF",
        channel: null,
        scopes: [],
        roles: ["AUDITOR"],
        secretIndex,
        sandbox: true,
        createdAt: new Date(),
      },
    ]),
  );
}

async function secretsUnderTheOldKey(): Promise<string[]> {
  const clients = await database.db.select().from(channelClient);
  const old = clients.filter(({ secretIndex }) => secretIndex && indexVersionOf(secretIndex) === 1);
  return old.map(({ id }) => id).toSorted();
}

async function useOwnClient(id: string): Promise<void> {
  await fleet.with("HUAXIA_APP", ({ address }) => signIn(address, id, `secret of ${id}`));
}

async function expectNothingLost(load: Load): Promise<void> {
  const { versions } = await readEverything(database.db, app.sealing);
  expect(Object.keys(versions).length).toBeGreaterThan(12);
  for (const [column, counts] of Object.entries(versions))
    expect(
      Object.keys(counts).filter((version) => version !== "2"),
      column,
    ).toEqual([]);
  const old = (await countKeyVersions(rotation())).filter(({ version }) => version === 1);
  expect(old).toMatchObject([{ name: "channel_client.secret_index", rows: 1, needed: 0 }]);
  expect(await database.db.$count(idempotencyKey)).toBeGreaterThan(0);
  for (const [name, phone] of load.phones) {
    const person = everyone.find((each) => each.name === name) ?? buildPerson();
    const { maskedPhone } = await fleet.with("JINGTONG_WECHAT", (client) => readStatus(client, person));
    expect(maskedPhone).toBe(`${phone.slice(0, 3)}****${phone.slice(7)}`);
  }
  const { store } = app.services.evidenceFiles;
  for (const [sha256, file] of load.files) {
    expect(await store.firstByte(sha256)).toBe(2);
    const sealed = (await store.get(sha256)) ?? Buffer.alloc(0);
    expect(app.sealing.openBytes(sealed, places.evidenceFile(sha256)).equals(file)).toBe(true);
  }
  for (const person of load.newcomers)
    await fleet.with("JINGTONG_WECHAT", (client) => readStatus(client, person));
  const { stored, derived } = await readAndRederive(app);
  expect(stored).toEqual(derived);
}
