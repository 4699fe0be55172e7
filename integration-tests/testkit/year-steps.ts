import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { expect } from "vitest";
import { ownedOpaqueId, type PensionerKey, parseOpaqueId } from "../../src/storage/ids.js";
import { reviewCase } from "../../src/storage/tables.js";
import { certify, showFace, startSession } from "./certify.js";
import { submitMatch } from "./data-matches.js";
import { buildDocuments, submit } from "./employer.js";
import { CertificationRecordDocument } from "./gql/graphql.js";
import { decideCase, reported, takeBack } from "./life-events.js";
import { subjectOf, type TestPerson } from "./people.js";
import { decide, revoke } from "./review.js";
import {
  type CaseKind,
  dayText,
  type ModelPass,
  type ModelPerson,
  type MonthNumber,
  monthText,
} from "./year-model.js";
import type { World } from "./year-world.js";

/** One person as the service knows them and as the model does. */
export interface Life {
  readonly person: TestPerson;
  readonly key: PensionerKey;
  readonly model: ModelPerson;
  /** The certification that a pass of the model is. */
  readonly passIds: Map<ModelPass, string>;
  /** What waits for staff, by the channel that handed it in. */
  readonly pendingIds: Map<string, string>;
  readonly traces: Set<ModelPass>;
  deathId: string | null;
  imprisonmentId: string | null;
}

export type AppChannel = "ICBC_APP" | "APP_12333" | "JINGTONG_WECHAT";
export type CounterChannel = "AGENCY_COUNTER" | "PARTNER_BANK_COUNTER";
export type ReviewedChannel = "CHINA_CONSULAR_APP" | "EMPLOYER";

/** What may happen to a person; plain data, so that a failure prints what to repeat. */
export type Step =
  | { readonly step: "passByApp"; readonly channel: AppChannel }
  | { readonly step: "passAtCounter"; readonly channel: CounterChannel }
  | { readonly step: "passByTrace"; readonly monthsBack: number }
  | { readonly step: "failFace" }
  | { readonly step: "submit"; readonly channel: ReviewedChannel }
  | { readonly step: "decide"; readonly decision: "PASS" | "REJECT" }
  | { readonly step: "revoke"; readonly pick: number }
  | { readonly step: "die"; readonly monthsBack: number }
  | { readonly step: "takeBackDeath" }
  | { readonly step: "imprison"; readonly monthsBack: number }
  | { readonly step: "leavePrison"; readonly monthsBack: number }
  | { readonly step: "takeBackPrison" }
  | { readonly step: "decideCase"; readonly pick: number; readonly decision: "RELEASE" | "KEEP" };

type Act<S> = (world: World, life: Life, step: S) => Promise<void>;
type Acts = { readonly [K in Step["step"]]: Act<Extract<Step, { step: K }>> };

/** Does a step to a person, and to the model; false when it is one that cannot happen to this person now. */
export async function take(world: World, life: Life, step: Step): Promise<boolean> {
  if (!isPossible(world, life, step)) return false;
  await (acts[step.step] as Act<Step>)(world, life, step);
  return true;
}

function isPossible({ present: { month } }: World, life: Life, step: Step): boolean {
  const { model } = life;
  switch (step.step) {
    case "passByTrace":
      // A trace brings something new only when no newer one of the source stands.
      return ![...life.traces].some((pass) => !pass.revoked && month - step.monthsBack <= pass.anchor);
    case "submit":
      return !life.pendingIds.has(step.channel) && (step.channel !== "EMPLOYER" || hasEmployer(life));
    case "decide":
      return life.pendingIds.size > 0;
    case "revoke":
      return model.standing.length > 0;
    case "die":
      return !model.isDead;
    case "takeBackDeath":
      return model.isDead;
    case "imprison":
      return !model.isInPrison && (model.freeSince === null || month - step.monthsBack > model.freeSince);
    case "leavePrison":
      return model.isInPrison;
    case "takeBackPrison":
      return model.imprisonedSince !== null;
    case "decideCase":
      return model.openCases.length > 0;
    default:
      return true;
  }
}

const acts: Acts = {
  passByApp: async (world, life, { channel }) => {
    const passed = await certify(world.client(channel), life.person);
    expect(passed).toMatchObject({ state: "PASSED" });
    keepPass(world, life, passed.id, world.present.month);
  },
  passAtCounter,
  passByTrace: async (world, life, { monthsBack }) => {
    const anchor = world.present.month - monthsBack;
    const traced = await submitMatch(world.client("DATA_MATCH"), life.person, dayText(anchor, 1));
    expect(traced).toMatchObject({ certification: { state: "PASSED" }, userErrors: [] });
    life.traces.add(keepPass(world, life, traced.certification?.id, anchor));
  },
  failFace: async (world, { person }) => {
    const app = world.client("ICBC_APP");
    const session = await startSession(app, person);
    expect(await showFace(app, session.id, "MISMATCH")).toMatchObject({ state: "REJECTED" });
  },
  submit: async (world, life, { channel }) => {
    const id = channel === "EMPLOYER" ? await submitByEmployer(world, life) : await submitAbroad(world, life);
    life.pendingIds.set(channel, id);
    life.model.pending.set(channel, world.present.month);
  },
  decide: async (world, life, { decision }) => {
    const [[channel, id] = ["", ""]] = life.pendingIds;
    expect((await decide(world.client("sandbox-staff"), id, decision)).userErrors).toEqual([]);
    life.pendingIds.delete(channel);
    life.model.pending.delete(channel);
    if (decision === "PASS") keepPass(world, life, id, world.present.month);
  },
  revoke: async (world, life, { pick }) => {
    const pass = picked(life.model.standing, pick);
    const { userErrors } = await revoke(world.client("sandbox-staff"), life.passIds.get(pass) ?? "");
    expect(userErrors).toEqual([]);
    life.model.revoke(pass, world.present);
  },
  die: async (world, life, { monthsBack }) => {
    const month = world.present.month - monthsBack;
    life.deathId = await report(world, life, "DEATH", `${monthText(month)}-01`);
    life.model.die(month, world.present);
  },
  takeBackDeath: async (world, { deathId, model }) => {
    expect((await takeBack(world.client("sandbox-staff"), deathId ?? "")).userErrors).toEqual([]);
    model.takeBackDeath(world.present);
  },
  imprison: async (world, life, { monthsBack }) => {
    const month = world.present.month - monthsBack;
    life.imprisonmentId = await report(world, life, "IMPRISONMENT", `${monthText(month)}-01`);
    life.model.imprison(month, world.present);
  },
  leavePrison: async (world, life, { monthsBack }) => {
    const since = Math.max(world.present.month - monthsBack, life.model.imprisonedSince ?? 0);
    await report(world, life, "RELEASE_FROM_PRISON", `${monthText(since)}-02`);
    life.model.leavePrison(since, world.present);
  },
  takeBackPrison: async (world, { imprisonmentId, model }) => {
    expect((await takeBack(world.client("sandbox-staff"), imprisonmentId ?? "")).userErrors).toEqual([]);
    model.takeBackPrison(world.present);
  },
  decideCase: async (world, life, { pick, decision }) => {
    const { pass, kind } = picked(life.model.openCases, pick);
    const id = await caseIdOf(world, life, pass, kind);
    const { userErrors } = await decideCase(world.client("sandbox-reviewer"), id, decision);
    const isRefused = decision === "RELEASE" && pass.revoked;
    expect(userErrors.map(({ code }) => code)).toEqual(isRefused ? ["WRONG_STATE"] : []);
    if (isRefused) return;
    if (decision === "KEEP") life.model.keepCase(pass, kind);
    else life.model.releaseCase(pass, kind, world.present);
  },
};

async function passAtCounter(
  world: World,
  life: Life,
  { channel }: { readonly channel: CounterChannel },
): Promise<void> {
  const { document } = life.person;
  const input = {
    idempotencyKey: randomUUID(),
    subject: subjectOf(life.person),
    method: "IN_PERSON" as const,
    operator: "窗口07",
    evidence: [{ identityDocument: { document, expiresOn: "2199-01-01" } }],
  };
  const { certificationRecord } = await world.client(channel).request(CertificationRecordDocument, { input });
  expect(certificationRecord).toMatchObject({ certification: { state: "PASSED" }, userErrors: [] });
  keepPass(world, life, certificationRecord.certification?.id, world.present.month);
}

function keepPass({ present }: World, life: Life, id: string | undefined, anchor: MonthNumber): ModelPass {
  const pass = life.model.pass(anchor, present);
  life.passIds.set(pass, id ?? "");
  return pass;
}

async function submitAbroad(world: World, { person }: Life): Promise<string> {
  const pending = await certify(world.client("CHINA_CONSULAR_APP"), person);
  expect(pending.state).toBe("PENDING");
  return pending.id;
}

async function submitByEmployer(world: World, { person }: Life): Promise<string> {
  const { month, day } = world.now;
  const evidence = buildDocuments({ capturedAt: dayText(month, day - 1) });
  const { results } = await submit(world.client("EMPLOYER"), [person], {
    items: [{ subject: subjectOf(person), evidence }],
  });
  expect(results).toMatchObject([{ certification: { state: "PENDING" }, userErrors: [] }]);
  return results[0]?.certification?.id ?? "";
}

function hasEmployer({ person }: Life): boolean {
  return person.employerCode !== null;
}

async function report(
  world: World,
  { person }: Life,
  kind: "DEATH" | "IMPRISONMENT" | "RELEASE_FROM_PRISON",
  occurredOn: string,
): Promise<string> {
  const source = kind === "DEATH" ? "CIVIL_AFFAIRS" : "COURT_PRISON";
  const rest = { kind, occurredOn, source, sourceReference: randomUUID() } as const;
  return (await reported(world.client("sandbox-staff"), person, rest)).id;
}

async function caseIdOf(world: World, life: Life, pass: ModelPass, kind: CaseKind): Promise<string> {
  const parsed = parseOpaqueId(life.passIds.get(pass) ?? "");
  const certificationId = parsed && "id" in parsed ? parsed.id : "";
  const isAsked = and(eq(reviewCase.kind, kind), eq(reviewCase.certificationId, certificationId));
  const [found] = await world.sandbox.app.database.db.select().from(reviewCase).where(isAsked);
  if (!found) throw new Error(`nobody is asked about the ${kind} of a pass`);
  return ownedOpaqueId("reviewCase", { ...life.key, id: found.id });
}

function picked<T>(from: readonly T[], pick: number): T {
  const chosen = from[pick % from.length];
  if (chosen === undefined) throw new Error("nothing to choose from");
  return chosen;
}
