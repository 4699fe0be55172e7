import { describe, expect, test } from "vitest";
import { photoRejection } from "./employer-photo.js";
import type { PhotoElement } from "./evidence-kinds.js";
import { Refused } from "./refusals.js";

const moment = {
  now: Temporal.Instant.from("2026-05-12T02:00:00Z"),
  today: Temporal.PlainDate.from("2026-05-12"),
  policy: { employerPhotoMaxDays: 30 },
};
const all: readonly PhotoElement[] = ["FACE", "TIME", "DOCUMENT"];
const path = ["evidence", "2", "document", "capturedAt"];

function judge(capturedAt: string | null, shows = all, days = 30) {
  const photo = { capturedAt: capturedAt === null ? null : Temporal.Instant.from(capturedAt), shows };
  return photoRejection(photo, { ...moment, policy: { employerPhotoMaxDays: days } }, path);
}

function refusalOf(capturedAt: string, shows = all, days = 30) {
  try {
    return judge(capturedAt, shows, days);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    expect(error.path).toEqual(path);
    return error.refusal;
  }
}

describe("an employer's photo", () => {
  test.each<[string, readonly PhotoElement[], "PHOTO_INCOMPLETE" | null]>([
    ["all three", all, null],
    ["all three in another order", ["DOCUMENT", "FACE", "TIME"], null],
    ["no face", ["TIME", "DOCUMENT"], "PHOTO_INCOMPLETE"],
    ["no time", ["FACE", "DOCUMENT"], "PHOTO_INCOMPLETE"],
    ["no document", ["FACE", "TIME"], "PHOTO_INCOMPLETE"],
    ["nothing", [], "PHOTO_INCOMPLETE"],
  ])("E4 that shows %s", (_, shows, expected) => {
    expect(judge("2026-05-11T01:00:00Z", shows)).toBe(expected);
  });

  test("E4 whose time is not told does not show it", () => {
    expect(judge(null)).toBe("PHOTO_INCOMPLETE");
  });

  test.each([
    ["now", "2026-05-12T02:00:00Z", null],
    ["a clock's difference ahead", "2026-05-12T02:01:00Z", null],
    ["more than that ahead", "2026-05-12T02:01:01Z", "PHOTO_IN_THE_FUTURE"],
    ["thirty days ago, at the first moment of the day in Beijing", "2026-04-11T16:00:00Z", null],
    ["a moment before", "2026-04-11T15:59:59.999Z", "PHOTO_TOO_OLD"],
    ["years ago", "2001-01-01T00:00:00Z", "PHOTO_TOO_OLD"],
    ["in the year 0000", "0000-01-01T00:00:00Z", "PHOTO_TOO_OLD"],
    ["in the year 9999", "9999-12-31T23:59:59Z", "PHOTO_IN_THE_FUTURE"],
  ])("E4 taken %s", (_, capturedAt, expected) => {
    expect(refusalOf(capturedAt)).toBe(expected);
  });

  test("E4 that is too old is refused for that, whatever it shows", () => {
    expect(refusalOf("2026-04-01T00:00:00Z", [])).toBe("PHOTO_TOO_OLD");
  });

  test("E4 how old it may be is the policy's to say", () => {
    expect(refusalOf("2026-05-10T00:00:00Z", all, 1)).toBe("PHOTO_TOO_OLD");
    expect(refusalOf("2026-03-15T00:00:00Z", all, 60)).toBeNull();
  });
});
