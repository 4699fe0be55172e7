import { globSync, readFileSync } from "node:fs";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventTypes } from "../src/domain/events.js";
import { planReminders } from "../src/operations/plan-reminders.js";
import { certify } from "./testkit/certify.js";
import { runJob } from "./testkit/job-runs.js";
import { decideEvent, reported, suspend, takeBack } from "./testkit/life-events.js";
import { buildPerson, importPeople } from "./testkit/people.js";
import { decide, revoke } from "./testkit/review.js";
import { type SandboxServer, startSandbox } from "./testkit/sandbox-server.js";
import { createEndpoint, deliverAt, startReceiver } from "./testkit/webhooks.js";

const folder = new URL("../schema/webhooks/", import.meta.url);
const published = new Map(
  globSync("*.schema.json", { cwd: folder }).map((file) => [
    `cn.changqing.${file.replace(".schema.json", "")}`,
    JSON.parse(readFileSync(new URL(file, folder), "utf8")) as AnySchemaObject,
  ]),
);

let sandbox: SandboxServer;

beforeAll(async () => {
  sandbox = await startSandbox({ clock: "2026-07-15T02:00:00Z" });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

async function importPerson() {
  const person = buildPerson({ phone: "13911110001", lastCertifiedOn: "2025-08-08" });
  await importPeople(sandbox.app, [person]);
  return person;
}

/** Everything that an integrator can be told of happens once. */
async function everythingHappens(): Promise<void> {
  const consular = await sandbox.signIn("CHINA_CONSULAR_APP");
  const bank = await sandbox.signIn("ICBC_APP");
  const staff = await sandbox.signIn("sandbox-staff");
  const passed = await certify(consular, await importPerson());
  await decide(staff, passed.id, "PASS");
  await revoke(staff, passed.id);
  await decide(staff, (await certify(consular, await importPerson())).id, "REJECT");
  const unpaid = await importPerson();
  const first = await certify(bank, unpaid);
  await suspend(sandbox.app, first.pensioner.id, "2026-07");
  await certify(bank, unpaid);
  const dead = await importPerson();
  const death = await reported(staff, dead, { source: "CIVIL_AFFAIRS" });
  await decideEvent(staff, death.id, "CONFIRM");
  await takeBack(staff, (await reported(staff, await importPerson(), { source: "CIVIL_AFFAIRS" })).id);
  await importPerson();
  const { database, services } = sandbox.app;
  const period = { period: "2026-07" };
  await runJob(database, services.now(), (run) => planReminders({ database }, run), period);
}

test("what is sent is as the published schemas say, of every type of event", async () => {
  await using receiver = await startReceiver();
  const { userErrors } = await createEndpoint(await sandbox.signIn("sandbox-staff"), receiver.url);
  expect(userErrors).toEqual([]);
  await everythingHappens();
  await deliverAt(sandbox.app, "2026-07-15T03:00:00Z");
  const { received } = receiver;
  expect([...new Set(received.map(({ event }) => event.type))].toSorted()).toEqual(
    eventTypes.map((type) => `cn.changqing.${type}`).toSorted(),
  );
  const isInstant = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
  const formats = { "date-time": isInstant, "uri-reference": (text: string) => URL.canParse(text) };
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats });
  const checks = new Map([...published].map(([type, schema]) => [type, ajv.compile(schema)]));
  for (const { event } of received) {
    const check = checks.get(event.type);
    if (!check) throw new Error(`no schema of ${event.type}`);
    check(event);
    expect(check.errors ?? [], event.type).toEqual([]);
    // A value that is sent is in the schema, too.
    const { required, properties } = published.get(event.type) ?? {};
    expect(Object.keys(event)).toEqual(required);
    expect(Object.keys(event.data)).toEqual(properties.data.required);
  }
});
