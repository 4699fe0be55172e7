import { randomBytes, randomUUID } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { AUDIENCE } from "../../src/auth/authorization-server.js";
import { createFaceAssertionVerifier, FACE_ASSERTION_TYPE } from "../../src/auth/face-verifiers.js";
import { readConfig } from "../../src/config.js";
import { loadKeys } from "../../src/keys.js";
import {
  type CompleteCertificationInput,
  completeCertification,
} from "../../src/operations/complete-certification.js";
import { sandboxClientId } from "../../src/sandbox/sandbox-clients.js";
import { SandboxClock } from "../../src/sandbox/sandbox-clock.js";
import { SANDBOX_VERIFIER } from "../../src/sandbox/sandbox-control.js";
import { openPostgres } from "../../src/storage/database.js";
import { newId, type OwnedKey, ownedOpaqueId } from "../../src/storage/ids.js";
import { places } from "../../src/storage/sealing.js";
import { certificationSession } from "../../src/storage/tables.js";
import type { BenchRegister, ListedPerson } from "./bench-register.js";
import { type Recording, recordTransactions } from "./recording.js";

const CHANNEL = "ICBC_APP";
const CLIENT = sandboxClientId(CHANNEL);
const ASSERTION_SECONDS = 590;

/** Opens sessions, signs assertions as the sandbox's verifier does, and records what completing them sends. */
export interface CompletionPreparer extends AsyncDisposable {
  /** Inputs that will certify these persons; good for some minutes. */
  prepare(people: readonly ListedPerson[]): Promise<CompleteCertificationInput[]>;
  /** The statements by which our operation certifies these persons, with their values; nothing is committed. */
  record(people: readonly ListedPerson[]): Promise<Recording[]>;
}

export async function openCompletionPreparer(register: BenchRegister): Promise<CompletionPreparer> {
  await using stack = new AsyncDisposableStack();
  const keys = await loadKeys(readConfig({ DATA_DIR: register.dataDir, MODE: "sandbox" }));
  const verifier = keys.sandboxFaceVerifier;
  if (!verifier) throw new Error("the sandbox has no face verifier");
  const { d: _private, ...publicKey } = verifier;
  const verifyFaceAssertion = createFaceAssertionVerifier(new Map([[SANDBOX_VERIFIER, [publicKey]]]));
  const signingKey = await importJWK(verifier, "ES256");
  const database = stack.use(openPostgres({ url: register.url, poolSize: 2 }));
  const clock = stack.use(await SandboxClock.open(database, undefined));
  const { sealing } = register;

  async function openSession(person: ListedPerson, now: Temporal.Instant): Promise<[OwnedKey, string]> {
    const key: OwnedKey = { bucket: person.bucket, pensionerId: person.pensionerId, id: newId() };
    const challenge = randomBytes(32).toString("base64url");
    await database.db.insert(certificationSession).values({
      ...key,
      challenge,
      clientId: CLIENT,
      channel: CHANNEL,
      state: "OPEN",
      startedAt: new Date(now.epochMilliseconds),
      expiresAt: new Date(now.add({ minutes: 30 }).epochMilliseconds),
      actor: "SELF",
      contactPhoneSealed: sealing.seal("13900000006", places.sessionPhone(key.id)),
    });
    return [key, challenge];
  }

  async function prepareOne(person: ListedPerson): Promise<CompleteCertificationInput> {
    const now = clock.now();
    const [key, challenge] = await openSession(person, now);
    const issuedAt = Math.floor(now.epochMilliseconds / 1_000);
    const faceAssertion = await new SignJWT({ challenge, outcome: "match", liveness: "bench" })
      .setProtectedHeader({ alg: "ES256", typ: FACE_ASSERTION_TYPE, kid: verifier?.kid ?? "" })
      .setIssuer(SANDBOX_VERIFIER)
      .setAudience(AUDIENCE)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ASSERTION_SECONDS)
      .sign(signingKey);
    return {
      idempotencyKey: randomUUID(),
      sessionId: ownedOpaqueId("session", key),
      evidence: [{ faceAssertion }],
    };
  }

  async function prepare(people: readonly ListedPerson[]): Promise<CompleteCertificationInput[]> {
    const inputs: CompleteCertificationInput[] = [];
    for (const person of people) inputs.push(await prepareOne(person));
    return inputs;
  }

  const owned = stack.move();
  return {
    prepare,
    record: async (people) => {
      const inputs = await prepare(people);
      return recordTransactions(register.url, inputs, async (recorder, input) => {
        const scopes = new Set(["certification:write"] as const);
        const client = { clientId: CLIENT, name: CLIENT, employerCode: null, districtCode: null } as const;
        const actor = { kind: "CHANNEL", channel: CHANNEL, ...client, scopes } as const;
        const now = clock.now();
        const requestId = randomUUID();
        await completeCertification(
          { database: recorder, sealing, verifyFaceAssertion, actor, now, requestId },
          input,
        );
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
