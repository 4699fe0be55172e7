import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SANDBOX_SECRET } from "../src/sandbox/sandbox-clients.js";
import { EvidenceStoreUnavailable } from "../src/storage/evidence-store.js";
import { S3EvidenceStore } from "../src/storage/s3-evidence-store.js";
import { places } from "../src/storage/sealing.js";
import { accessLog, evidenceFile } from "../src/storage/tables.js";
import { outcomesOf, sha256Of, signInBoundEmployer, submit } from "./testkit/employer.js";
import { buildFile, upload } from "./testkit/evidence-uploads.js";
import { GraphQLClient } from "./testkit/graphql-client.js";
import { expectGuarded } from "./testkit/guarded-answer.js";
import { buildPerson, importPeople, subjectOf, type TestPerson } from "./testkit/people.js";
import { keyOf } from "./testkit/records.js";
import { startS3Stub } from "./testkit/s3-stub.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { basic, requestToken } from "./testkit/token-requests.js";

const LIMIT = 5 * 1024 * 1024;

let directory: string;
let sandbox: SandboxServer;
let portal: GraphQLClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "changqing-evidence-"));
  sandbox = await startSandbox({
    clock: "2026-05-12T02:00:00Z",
    environment: { EVIDENCE_DIR: directory, EVIDENCE_FILES: "required" },
  });
  portal = await sandbox.signIn("EMPLOYER");
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function kept(): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

async function registered(sha256: string) {
  const digest = Buffer.from(sha256, "hex");
  return sandbox.app.database.db.select().from(evidenceFile).where(eq(evidenceFile.sha256, digest));
}

describe("PUT /evidence/{sha256}", () => {
  test.each(["jpeg", "png", "pdf"] as const)("E4 keeps a %s, sealed, and once", async (kind) => {
    const file = buildFile(kind, `once ${kind}`);
    const sha256 = sha256Of(file);
    expect((await upload(portal, file, kind)).status).toBe(201);
    const path = (await kept()).find((name) => name.includes(sha256)) ?? "";
    const sealed = await readFile(path);
    expect(sealed.includes(`once ${kind}`)).toBe(false);
    expect(sandbox.app.sealing.openBytes(sealed, places.evidenceFile(sha256))).toEqual(file);
    expect((await stat(path)).mode & 0o077).toBe(0);
    const again = await upload(portal, file, kind);
    expect(again.status).toBe(200);
    expect((await upload(portal, file, kind, { sha256: sha256.toUpperCase() })).status).toBe(200);
    expect(await readFile(path)).toEqual(sealed);
    expect(await registered(sha256)).toMatchObject([
      { clientId: "sandbox-employer", bytes: file.length, mediaType: expect.stringContaining("/") },
    ]);
  });

  test("another client's upload of the same file is its own", async () => {
    const file = buildFile("pdf", "shared");
    const bound = await signInBoundEmployer(sandbox, "E5");
    expect((await upload(portal, file, "pdf")).status).toBe(201);
    expect((await upload(bound, file, "pdf")).status).toBe(201);
    expect((await registered(sha256Of(file))).map(({ clientId }) => clientId).sort()).toEqual([
      "employer-e5",
      "sandbox-employer",
    ]);
  });

  test("a file that was lost from the store is put there again", async () => {
    const file = buildFile("png", "lost");
    await upload(portal, file, "png");
    const [path = ""] = (await kept()).filter((name) => name.includes(sha256Of(file)));
    await rm(path);
    expect((await upload(portal, file, "png")).status).toBe(200);
    expect((await stat(path)).isFile()).toBe(true);
  });

  test("takes 5 MB to the byte", async () => {
    const whole = Buffer.alloc(LIMIT, 7);
    buildFile("jpeg", "").copy(whole);
    expect((await upload(portal, whole, "jpeg")).status).toBe(201);
    const sealed = await readFile((await kept()).find((name) => name.includes(sha256Of(whole))) ?? "");
    expect(
      createHash("sha256")
        .update(sandbox.app.sealing.openBytes(sealed, places.evidenceFile(sha256Of(whole))))
        .digest("hex"),
    ).toBe(sha256Of(whole));
  });

  const jpeg = buildFile("jpeg", "refused");
  const tooLarge = Buffer.concat([jpeg, Buffer.alloc(LIMIT)]);
  test.each<[string, Buffer, Parameters<typeof upload>[3], number]>([
    ["another file's digest", jpeg, { sha256: sha256Of("other") }, 400],
    ["no digest", jpeg, { sha256: "x" }, 400],
    ["a path for a digest", jpeg, { sha256: "..%2f..%2fetc%2fpasswd" }, 400],
    ["more than 5 MB", tooLarge, {}, 413],
    ["a type that is not taken", jpeg, { mediaType: "image/gif" }, 415],
    ["no type that is known", jpeg, { mediaType: "application/json" }, 415],
    ["another type than it is", jpeg, { mediaType: "image/png" }, 415],
    ["a web page called a picture", Buffer.from("<html>"), {}, 415],
    ["nothing", Buffer.alloc(0), {}, 415],
  ])("%s is refused and leaves nothing", async (_, file, given, status) => {
    const before = await kept();
    const answer = await upload(portal, file, "jpeg", given);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.raw)).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    expectGuarded(answer.raw, "zh-CN");
    expect(await kept()).toEqual(before);
    expect(await registered(sha256Of(file))).toEqual([]);
  });

  test("more than 5 MB whose length is not told is refused as well", async () => {
    const response = await fetch(`${portal.address}/evidence/${sha256Of(tooLarge)}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${portal.token}`, "content-type": "image/jpeg" },
      body: new Blob([new Uint8Array(tooLarge)]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
    await response.arrayBuffer();
  });

  test("is for employers' clients that may certify", async () => {
    const file = buildFile("pdf", "who");
    const { address } = sandbox.server;
    const reading = await requestToken(
      address,
      { scope: "status:read" },
      basic("sandbox-employer", SANDBOX_SECRET),
    );
    const others = [
      await sandbox.signIn("ICBC_APP"),
      await sandbox.signIn("AGENCY_COUNTER"),
      await sandbox.signIn("sandbox-staff"),
      new GraphQLClient(address, reading.body.access_token ?? ""),
    ];
    for (const client of others) expect((await upload(client, file, "pdf")).status).toBe(403);
    expect((await upload({ address, token: "x" }, file, "pdf")).status).toBe(401);
    expect(await registered(sha256Of(file))).toEqual([]);
  });

  test("many at once of one file: it is there, once", async () => {
    const file = buildFile("png", "at once".repeat(1_000));
    const answers = await Promise.all(Array.from({ length: 24 }, () => upload(portal, file, "png")));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(23).fill(200), 201]);
    expect((await kept()).filter((name) => name.includes(sha256Of(file)))).toHaveLength(1);
  });
});

describe("the files of a submission", () => {
  const files = { form: buildFile("pdf", "f"), copy: buildFile("png", "c"), photo: buildFile("jpeg", "p") };

  function itemOf(person: TestPerson) {
    const document = (kind: "CERTIFICATION_FORM" | "ID_COPY_BOTH_SIDES", file: Buffer) => ({
      document: { kind, sha256: sha256Of(file) },
    });
    const photo = {
      kind: "HOLDING_ID_PHOTO" as const,
      sha256: sha256Of(files.photo),
      capturedAt: "2026-05-11T01:00:00Z",
      shows: ["FACE" as const, "TIME" as const, "DOCUMENT" as const],
    };
    const evidence = [document("CERTIFICATION_FORM", files.form), document("ID_COPY_BOTH_SIDES", files.copy)];
    return { subject: subjectOf(person), evidence: [...evidence, { document: photo }] };
  }

  async function importEmployee(): Promise<TestPerson> {
    const person = buildPerson({ employerCode: "E1", lastCertifiedOn: "2025-02-11" });
    await importPeople(sandbox.app, [person]);
    return person;
  }

  const documentsQuery = `query($id: ID!) { certification(id: $id) { id employerCode
    documents { position kind sha256 capturedAt shows uploaded } pensioner { id } } }`;
  interface Documents {
    certification: {
      employerCode: string;
      pensioner: { id: string };
      documents: { position: number; kind: string; sha256: string; shows: string[]; uploaded: boolean }[];
    };
  }

  test("E4 must be there where they are required, uploaded by the same client", async () => {
    const person = await importEmployee();
    const items = [itemOf(person)];
    await upload(portal, files.form, "pdf");
    await upload(await signInBoundEmployer(sandbox, "E1"), files.copy, "png");
    const refused = await submit(portal, [person], { items });
    expect(refused.results[0]?.userErrors).toMatchObject([
      { code: "EVIDENCE_REQUIRED", path: ["input", "items", "0", "evidence", "1", "document", "sha256"] },
    ]);
    await upload(portal, files.copy, "png");
    await upload(portal, files.photo, "jpeg");
    expect(outcomesOf(await submit(portal, [person], { items }))).toEqual(["PENDING"]);
  });

  test("E4 a reviewer sees which are there, reads them, and the read is recorded", async () => {
    const person = await importEmployee();
    for (const [kind, file] of [
      ["pdf", files.form],
      ["png", files.copy],
      ["jpeg", files.photo],
    ] as const)
      await upload(portal, file, kind);
    const { results } = await submit(portal, [person], { items: [itemOf(person)] });
    const id = results[0]?.certification?.id ?? "";
    const staff = await sandbox.signIn("sandbox-staff");
    const { data, raw } = await staff.send<Documents>({ query: documentsQuery, variables: { id } });
    expect(data?.certification, raw).toMatchObject({
      employerCode: "E1",
      documents: [
        { position: 0, kind: "CERTIFICATION_FORM", sha256: sha256Of(files.form), shows: [], uploaded: true },
        { position: 1, kind: "ID_COPY_BOTH_SIDES", sha256: sha256Of(files.copy), shows: [], uploaded: true },
        {
          position: 2,
          kind: "HOLDING_ID_PHOTO",
          sha256: sha256Of(files.photo),
          capturedAt: "2026-05-11T01:00:00.000Z",
          shows: ["FACE", "TIME", "DOCUMENT"],
          uploaded: true,
        },
      ],
    });
    const get = (position: string, client: GraphQLClient, certification = id) =>
      fetch(`${client.address}/certifications/${certification}/evidence/${position}`, {
        headers: { authorization: `Bearer ${client.token}` },
      });
    const photo = await get("2", staff);
    expect(photo.status).toBe(200);
    expect(photo.headers.get("content-type")).toBe("image/jpeg");
    expect(photo.headers.get("content-disposition")).toBe("attachment");
    expect(Buffer.from(await photo.arrayBuffer())).toEqual(files.photo);
    const { pensionerId } = keyOf(data?.certification.pensioner.id ?? "");
    const reads = await sandbox.app.database.db
      .select()
      .from(accessLog)
      .where(and(eq(accessLog.pensionerId, pensionerId), eq(accessLog.operation, "evidenceFile")));
    expect(reads).toMatchObject([{ clientId: "sandbox-staff" }]);
    for (const client of [portal, await sandbox.signIn("sandbox-payroll"), await sandbox.signIn("ICBC_APP")])
      expect((await get("2", client)).status).toBe(403);
    expect((await get("2", new GraphQLClient(staff.address, "x"))).status).toBe(401);
    for (const [position, certification] of [
      ["3", id],
      ["-1", id],
      ["2", "cert_0"],
      ["2", "pen_0"],
    ] as const)
      expect((await get(position, staff, certification)).status).toBe(404);
  });

  test("where they are optional, staff see that they are missing", async () => {
    await using other = await startSandbox({ clock: "2026-05-12T02:00:00Z" });
    const person = buildPerson({ employerCode: "E1", lastCertifiedOn: "2025-02-11" });
    await importPeople(other.app, [person]);
    const employer = await other.signIn("EMPLOYER");
    const { results } = await submit(employer, [person], { items: [itemOf(person)] });
    const id = results[0]?.certification?.id;
    await upload(employer, files.copy, "png");
    const staff = await other.signIn("sandbox-staff");
    const { data } = await staff.send<Documents>({ query: documentsQuery, variables: { id } });
    expect(data?.certification.documents.map(({ uploaded }) => uploaded)).toEqual([false, true, false]);
    const file = await fetch(`${staff.address}/certifications/${id}/evidence/0`, {
      headers: { authorization: `Bearer ${staff.token}` },
    });
    expect(file.status).toBe(404);
  });
});

describe("in a bucket", () => {
  beforeAll(() => {
    process.env["AWS_ACCESS_KEY_ID"] = "test";
    process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  });

  test("E4 files are put, found and read by the official SDK, signed", async () => {
    await using s3 = await startS3Stub();
    await using inBucket = await startSandbox({
      clock: "2026-05-12T02:00:00Z",
      environment: { EVIDENCE_S3_BUCKET: "evidence-bucket", EVIDENCE_S3_ENDPOINT: s3.endpoint },
    });
    const employer = await inBucket.signIn("EMPLOYER");
    const file = buildFile("pdf", "in a bucket");
    const sha256 = sha256Of(file);
    expect((await upload(employer, file, "pdf")).status).toBe(201);
    expect((await upload(employer, file, "pdf")).status).toBe(200);
    const [[path, sealed] = ["", Buffer.alloc(0)], ...others] = [...s3.objects];
    expect(others).toEqual([]);
    expect(path).toBe(`/evidence-bucket/evidence/${sha256.slice(0, 2)}/${sha256}.sealed`);
    expect(inBucket.app.sealing.openBytes(sealed, places.evidenceFile(sha256))).toEqual(file);
    expect(s3.signatures.every((header) => header.startsWith("AWS4-HMAC-SHA256"))).toBe(true);
    s3.down = true;
    const refused = await upload(employer, buildFile("png", "down"), "png");
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.raw)).toMatchObject({
      errors: [{ extensions: { code: "UPSTREAM_UNAVAILABLE", retryable: true } }],
    });
  });

  test("a file that is not there is null, a store that does not answer is a fault", async () => {
    await using s3 = await startS3Stub();
    const options = { bucket: "b-1", region: "us-east-1", endpoint: s3.endpoint };
    const store = new S3EvidenceStore(options);
    const sha256 = sha256Of("x");
    expect(await store.get(sha256)).toBeNull();
    expect(await store.has(sha256)).toBe(false);
    await store.put(sha256, Buffer.from("sealed"));
    expect(await store.has(sha256)).toBe(true);
    expect(await store.get(sha256)).toEqual(Buffer.from("sealed"));
    const nowhere = new S3EvidenceStore({ ...options, endpoint: "http://127.0.0.1:1" });
    await expect(nowhere.get(sha256)).rejects.toThrow(EvidenceStoreUnavailable);
  });
});
