import { expect, test } from "vitest";
import { seekerOn } from "./contact.js";

const policy = { contactTaskEmployerDays: 14 };

test.each([
  ["E-1", "2026-06-01", "EMPLOYER"],
  ["E-1", "2026-06-14", "EMPLOYER"],
  ["E-1", "2026-06-15", "STREET_SERVICE_CENTER"],
  ["E-1", "2027-01-01", "STREET_SERVICE_CENTER"],
  [null, "2026-06-01", "STREET_SERVICE_CENTER"],
] as const)(
  "R6 someone of employer %s, missed since 2026-06-01, is on %s looked for by %s",
  (employer, day, who) => {
    const task = { employerCode: employer, openedOn: Temporal.PlainDate.from("2026-06-01") };
    expect(seekerOn(task, Temporal.PlainDate.from(day), policy)).toBe(who);
  },
);
