import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ownedOpaqueId, parseOpaqueId } from "../src/storage/ids.js";
import {
  advanceClock,
  certify,
  completeSession,
  faceAssertionFor,
  type StartedSession,
  showFace,
  startSession,
} from "./testkit/certify.js";
import {
  CertificationCancelDocument,
  type CertificationCancelMutation,
  CertificationCompleteDocument,
  NodeDocument,
  SandboxFaceAssertionDocument,
} from "./testkit/gql/graphql.js";
import type { GraphQLClient } from "./testkit/graphql-client.js";
import { buildPerson, importPeople } from "./testkit/people.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";

let sandbox: SandboxServer;
let channel: GraphQLClient;
let foreigner: GraphQLClient;

beforeAll(async () => {
  // The clock stands still between two moves, so that an instant is exact to the millisecond.
  vi.useFakeTimers({ toFake: ["Date"] });
  sandbox = await startSandbox({ clock: "2026-06-15T02:00:00Z" });
  channel = await sandbox.signIn("ICBC_APP");
  foreigner = await sandbox.signIn("APP_12333");
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  vi.useRealTimers();
});

async function begun(): Promise<StartedSession> {
  const person = buildPerson();
  await importPeople(sandbox.app, [person]);
  return startSession(channel, person);
}

async function cancel(
  client: GraphQLClient,
  sessionId: string,
  idempotencyKey: string = randomUUID(),
): Promise<CertificationCancelMutation["certificationCancel"]> {
  const input = { idempotencyKey, sessionId };
  return (await client.request(CertificationCancelDocument, { input })).certificationCancel;
}

async function stateOf(sessionId: string): Promise<string> {
  const { node } = await channel.request(NodeDocument, { id: sessionId });
  if (node?.__typename !== "CertificationSession")
    throw new Error(`${sessionId} is no session of this client`);
  return node.sessionState;
}

function refusedWith(code: string, ...path: string[]) {
  return expect.objectContaining({
    userErrors: [expect.objectContaining({ code, path: ["input", ...path] })],
  });
}

const notOpen = refusedWith("SESSION_NOT_OPEN", "sessionId");
const expired = refusedWith("SESSION_EXPIRED", "sessionId");
const notFound = refusedWith("NOT_FOUND", "sessionId");
const badEvidence = refusedWith("EVIDENCE_REJECTED", "evidence", "0", "faceAssertion");

async function assertionRefusal(client: GraphQLClient, sessionId: string) {
  const { sandboxFaceAssertion } = await client.request(SandboxFaceAssertionDocument, {
    input: { sessionId },
  });
  expect(sandboxFaceAssertion.faceAssertion).toBeNull();
  return sandboxFaceAssertion;
}

describe("a cancelled session", () => {
  test("is CANCELLED, and its assertion no longer completes it", async () => {
    const session = await begun();
    const assertion = await faceAssertionFor(channel, session.id);
    expect(await cancel(channel, session.id)).toEqual({
      session: { id: session.id, state: "CANCELLED" },
      userErrors: [],
    });
    expect(await stateOf(session.id)).toBe("CANCELLED");
    expect(await completeSession(channel, session.id, assertion)).toEqual(notOpen);
    expect(await assertionRefusal(channel, session.id)).toEqual(notOpen);
  });

  test("is cancelled once: the same key gives the same answer, a new key is refused", async () => {
    const session = await begun();
    const key = randomUUID();
    const answer = await cancel(channel, session.id, key);
    expect(await cancel(channel, session.id, key)).toEqual(answer);
    expect(await cancel(channel, session.id)).toEqual(notOpen);
  });
});

describe("a completed session", () => {
  test("can be neither completed again nor cancelled", async () => {
    const session = await begun();
    const second = await faceAssertionFor(channel, session.id);
    await showFace(channel, session.id);
    expect(await stateOf(session.id)).toBe("COMPLETED");
    expect(await completeSession(channel, session.id, second)).toEqual(notOpen);
    expect(await cancel(channel, session.id)).toEqual(notOpen);
  });
});

describe("a session's 30 minutes", () => {
  test("end to the millisecond: not before, and then for completing, cancelling and signing", async () => {
    const [inTime, late] = [await begun(), await begun()];
    const now = sandbox.app.services.now();
    expect(inTime.expiresAt).toBe(now.add({ minutes: 30 }).toString({ fractionalSecondDigits: 3 }));

    await advanceClock(channel, now.add({ minutes: 30 }).subtract({ milliseconds: 1 }).toString());
    expect(await stateOf(inTime.id)).toBe("OPEN");
    const assertion = await faceAssertionFor(channel, late.id);
    expect((await showFace(channel, inTime.id)).state).toBe("PASSED");

    await advanceClock(channel, now.add({ minutes: 30 }).toString());
    expect(await stateOf(late.id)).toBe("EXPIRED");
    expect(await stateOf(inTime.id)).toBe("COMPLETED");
    expect(await completeSession(channel, late.id, assertion)).toEqual(expired);
    expect(await cancel(channel, late.id)).toEqual(expired);
    expect(await assertionRefusal(channel, late.id)).toEqual(expired);
  });

  test("do not outdate what was answered: a late retry under the same key gets the certification", async () => {
    const session = await begun();
    const key = randomUUID();
    const assertion = await faceAssertionFor(channel, session.id);
    const { certification } = await completeSession(channel, session.id, assertion, key);
    await advanceClock(channel, sandbox.app.services.now().add({ hours: 24 }).toString());
    const retried = await completeSession(channel, session.id, assertion, key);
    expect(retried.userErrors).toEqual([]);
    expect(retried.certification).toMatchObject({
      id: certification?.id,
      receivedAt: certification?.receivedAt,
    });
  });
});

describe("a session of another client", () => {
  test("is answered like one that does not exist, and stays as it is", async () => {
    const session = await begun();
    const assertion = await faceAssertionFor(channel, session.id);
    const key = parseOpaqueId(session.id);
    if (key?.kind !== "session") throw new Error("a session id was expected");
    const unknown = ownedOpaqueId("session", { ...key, id: "0190a000-0000-7000-8000-000000000000" });
    for (const sessionId of [session.id, unknown]) {
      expect(await completeSession(foreigner, sessionId, assertion)).toEqual(notFound);
      expect(await cancel(foreigner, sessionId)).toEqual(notFound);
      expect(await assertionRefusal(foreigner, sessionId)).toEqual(notFound);
    }
    expect(await completeSession(foreigner, session.id, assertion)).toEqual(
      await completeSession(foreigner, unknown, assertion),
    );
    expect(await stateOf(session.id)).toBe("OPEN");
    expect((await completeSession(channel, session.id, assertion)).certification?.state).toBe("PASSED");
  });

  test.each([
    ["nothing", ""],
    ["no id", "会话"],
    ["an id of ours with a letter changed", "sess_0000000000000000000000000000000000000000000000000000000"],
    ["another kind of id", "pen_00000000000000000000000000000"],
  ])("%s is NOT_FOUND", async (_, sessionId) => {
    expect(await completeSession(channel, sessionId, "assertion")).toEqual(notFound);
    expect(await cancel(channel, sessionId)).toEqual(notFound);
    expect(await assertionRefusal(channel, sessionId)).toEqual(notFound);
  });

  test("a certification's id is NOT_FOUND as a session", async () => {
    const person = buildPerson();
    await importPeople(sandbox.app, [person]);
    const { id } = await certify(channel, person);
    expect(await completeSession(channel, id, "assertion")).toEqual(notFound);
  });
});

describe("the face assertion", () => {
  test("E2 of another session is refused, and the session stays open", async () => {
    const [session, other] = [await begun(), await begun()];
    const assertion = await faceAssertionFor(channel, other.id);
    expect(await completeSession(channel, session.id, assertion)).toEqual(badEvidence);
    expect(await stateOf(session.id)).toBe("OPEN");
    expect((await completeSession(channel, other.id, assertion)).certification?.state).toBe("PASSED");
  });

  test("E2 counts once, also when it did not match", async () => {
    const session = await begun();
    const assertion = await faceAssertionFor(channel, session.id, "MISMATCH");
    expect((await completeSession(channel, session.id, assertion)).certification?.state).toBe("REJECTED");
    expect(await completeSession(channel, session.id, assertion)).toEqual(badEvidence);
  });

  test("E2 expires before its session does", async () => {
    const session = await begun();
    const assertion = await faceAssertionFor(channel, session.id);
    await advanceClock(channel, sandbox.app.services.now().add({ minutes: 5 }).toString());
    expect(await completeSession(channel, session.id, assertion)).toEqual(badEvidence);
    expect((await showFace(channel, session.id)).state).toBe("PASSED");
  });

  test("E2 must be there, exactly one of it", async () => {
    const session = await begun();
    const assertion = await faceAssertionFor(channel, session.id);
    const complete = async (evidence: { readonly faceAssertion: string }[]) => {
      const input = { idempotencyKey: randomUUID(), sessionId: session.id, evidence };
      return (await channel.request(CertificationCompleteDocument, { input })).certificationComplete;
    };
    const required = refusedWith("EVIDENCE_REQUIRED", "evidence");
    expect(await complete([])).toEqual(required);
    expect(await complete([{ faceAssertion: assertion }, { faceAssertion: assertion }])).toEqual(required);
    expect((await complete([{ faceAssertion: assertion }])).certification?.state).toBe("PASSED");
  });

  test("E1 is the only evidence that session channels admit", async () => {
    const session = await begun();
    const dataSource = {
      source: "PHARMACY_PURCHASE",
      eventAt: "2026-06-01T00:00:00Z",
      sourceReference: "synthetic-1",
    } as const;
    const input = { idempotencyKey: randomUUID(), sessionId: session.id, evidence: [{ dataSource }] };
    const { certificationComplete } = await channel.request(CertificationCompleteDocument, { input });
    expect(certificationComplete).toEqual(refusedWith("EVIDENCE_NOT_ADMISSIBLE", "evidence", "0"));
    expect(await stateOf(session.id)).toBe("OPEN");
  });
});
