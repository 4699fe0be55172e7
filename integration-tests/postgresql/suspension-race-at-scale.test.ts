import { count, eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { certification } from "../../src/storage/tables.js";
import { brokenChains } from "../testkit/audit-chains.js";
import { advanceClock } from "../testkit/certify.js";
import { type SandboxServer, startSandbox } from "../testkit/sandbox-server.js";
import { approveUnapplied, close } from "../testkit/suspension.js";
import {
  atCounter,
  byDataMatch,
  type Fate,
  importRacers,
  isSuspendedAfterPass,
  type Race,
  type RaceResult,
  race,
} from "../testkit/suspension-race.js";

const JUNE = "2026-06";
const PEOPLE = 20_000;
/** A quarter of all; the others by data matches, which cost a third. */
const ONE_BY_ONE = 8;
const AT_ONCE = 24;
let sandbox: SandboxServer;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: "2026-05-31T02:00:00Z", jobs: [] });
});

afterEach(() => sandbox[Symbol.asyncDispose]());

/** All of them are overdue since May ended and in an approved batch; they certify while it is applied. */
async function certifyDuringTheClose(people: number, given: Pick<Race, "decide"> = {}): Promise<RaceResult> {
  const { app } = sandbox;
  const racers = await importRacers(app, people, { lastCertifiedOn: "2025-05-08", phone: "13911110001" });
  await advanceClock(await sandbox.signIn("ICBC_APP"), "2026-06-01T02:00:00Z");
  await close(app, JUNE);
  await approveUnapplied(app, JUNE);
  const yesterday = Temporal.Instant.from("2026-05-31T09:00:00Z");
  const counters = [atCounter(app), atCounter(app, yesterday)];
  const oneByOne = Array.from({ length: ONE_BY_ONE / counters.length }, () => counters).flat();
  const ways = [...oneByOne, byDataMatch(app, AT_ONCE, yesterday)];
  return await race(app, racers, JUNE, { ways, chunk: 200, spread: 4, ...given });
}

const isPaidNothingTwiceAndAllOnce = ({ withheld, released }: Fate) => withheld.join() === released.join();

test("P3 20,000 certifications while a close runs: nobody is suspended who has passed before, and whoever was suspended is paid every month once", async () => {
  const { fates, atOnce } = await certifyDuringTheClose(PEOPLE);
  const suspended = fates.filter(({ state }) => state === "SUSPENDED");
  const spared = fates.filter(({ state }) => state === "CERTIFIED");

  expect(fates.filter(isSuspendedAfterPass)).toEqual([]);
  expect(fates.filter(({ openHolds }) => openHolds > 0)).toEqual([]);
  expect(fates.filter((fate) => !isPaidNothingTwiceAndAllOnce(fate))).toEqual([]);
  const told = (each: readonly Fate[]) =>
    new Set(each.map(({ events, notices }) => [events.toSorted(), notices].join()));
  expect(told(spared)).toEqual(new Set(["certification.passed,CERTIFICATION_SUCCEEDED"]));
  expect(told(suspended)).toEqual(
    new Set([
      "certification.passed,payment.resumed,payment.suspended,CERTIFICATION_SUCCEEDED,PAYMENT_SUSPENDED",
    ]),
  );
  expect(await brokenChains(sandbox.app)).toEqual([]);

  // Without an overlap all of the above says nothing.
  const share = PEOPLE / 40;
  expect(suspended.length + spared.length).toBe(PEOPLE);
  expect(suspended.length, "too few were suspended before they passed").toBeGreaterThan(share);
  expect(spared.length, "too few passed before they would have been suspended").toBeGreaterThan(share);
  expect(atOnce, "too few passed while their own chunk was under way").toBeGreaterThan(share / 5);
  const [single] = await sandbox.app.database.db
    .select({ passes: count() })
    .from(certification)
    .where(eq(certification.method, "IN_PERSON"));
  expect(single?.passes).toBeGreaterThanOrEqual(PEOPLE / 4);
}, 600_000);

test("P3 the same race with the second look left out suspends people who have passed: it is what the test above rests on", async () => {
  const { fates } = await certifyDuringTheClose(1_000, { decide: () => "SUSPENDED" });
  const wronged = fates.filter(isSuspendedAfterPass);

  expect(wronged.length).toBeGreaterThan(100);
  expect(fates.filter(({ openHolds }) => openHolds > 0).length).toBe(wronged.length);
});
