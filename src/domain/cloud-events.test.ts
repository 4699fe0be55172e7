import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { bodySchemaFiles, bodySchemaOf, cloudEvent, type ToldEvent } from "./cloud-events.js";
import { type EventType, eventMeanings, eventTypes } from "./events.js";

const subjects = { CERTIFICATION: "cert_1", LIFE_EVENT: "life_1", PENSIONER: "pen_1" } as const;

const eventOf = (type: EventType): ToldEvent => ({
  id: "evt_1",
  type,
  at: Temporal.Instant.from("2026-05-20T02:00:00Z"),
  sequence: 3,
  pensionerId: "pen_1",
  subjectId: subjects[eventMeanings[type].about],
});

const bodyOf = (type: EventType) =>
  JSON.parse(cloudEvent(eventOf(type), "https://changqing.test")) as Record<string, unknown>;

describe("a body", () => {
  test("is a CloudEvent that names ids and nothing else", () => {
    expect(bodyOf("certification.passed")).toEqual({
      specversion: "1.0",
      id: "evt_1",
      source: "https://changqing.test",
      type: "cn.changqing.certification.passed",
      time: "2026-05-20T02:00:00.000Z",
      subject: "pen_1",
      datacontenttype: "application/json",
      sequence: "3",
      data: { pensionerId: "pen_1", subjectId: "cert_1", certificationId: "cert_1" },
    });
    expect(bodyOf("payment.resumed")["data"]).toEqual({ pensionerId: "pen_1", subjectId: "pen_1" });
    expect(bodyOf("life_event.voided")["data"]).toEqual({ pensionerId: "pen_1", subjectId: "life_1" });
  });

  const anything = () => true;
  const ajv = new Ajv2020({ strict: true, formats: { "date-time": anything, "uri-reference": anything } });

  test.each(eventTypes)("of %s is as its schema says, and no other type's is", (type) => {
    const isValid = ajv.compile(bodySchemaOf(type));
    expect(eventTypes.filter((each) => isValid(bodyOf(each)))).toEqual([type]);
  });

  test("without any of its values is not, with one more it is", () => {
    const isValid = ajv.compile({ ...bodySchemaOf("certification.passed"), $id: "again" });
    const body = bodyOf("certification.passed");
    for (const name of Object.keys(body)) {
      const { [name]: _, ...rest } = body;
      expect(isValid(rest), name).toBe(false);
    }
    expect(isValid({ ...body, traceparent: "00" })).toBe(true);
  });
});

test("every type of event has its file", () => {
  expect([...bodySchemaFiles().keys()]).toEqual(eventTypes.map((type) => `${type}.schema.json`));
});
