import { type EventSubject, type EventType, eventMeanings, eventTypes } from "./events.js";

export interface ToldEvent {
  readonly id: string;
  readonly type: EventType;
  readonly at: Temporal.Instant;
  readonly sequence: number;
  readonly pensionerId: string;
  readonly subjectId: string;
}

/** JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value of the body: what it is for an event, and what receivers may rely on for a type of event. */
interface Field {
  value(event: ToldEvent, source: string): string;
  schema(type: EventType): JsonSchema;
}

const typeName = (type: EventType) => `cn.changqing.${type}`;

/** How opaque ids begin; what follows is nobody's business. */
const idForms: Readonly<Record<EventSubject | "EVENT", string>> = {
  EVENT: "evt",
  PENSIONER: "pen",
  CERTIFICATION: "cert",
  LIFE_EVENT: "life",
};

function idOf(kind: keyof typeof idForms, description: string): JsonSchema {
  return { type: "string", pattern: `^${idForms[kind]}_[0-9a-z]+$`, description };
}

/** CloudEvents 1.0 in structured mode. */
const attributes: Readonly<Record<string, Field>> = {
  specversion: { value: () => "1.0", schema: () => ({ const: "1.0" }) },
  id: {
    value: ({ id }) => id,
    schema: () => idOf("EVENT", "The webhook-id: the same in every sending. Take each once."),
  },
  source: {
    value: (_, source) => source,
    schema: () => ({ type: "string", format: "uri-reference", description: "The service's own URL." }),
  },
  type: {
    value: ({ type }) => typeName(type),
    schema: (type) => ({ const: typeName(type), description: eventMeanings[type].text }),
  },
  time: {
    value: ({ at }) => at.toString({ smallestUnit: "millisecond" }),
    schema: () => ({ type: "string", format: "date-time", description: "When it happened." }),
  },
  subject: {
    value: ({ pensionerId }) => pensionerId,
    schema: () => idOf("PENSIONER", "The person to whom it happened."),
  },
  datacontenttype: { value: () => "application/json", schema: () => ({ const: "application/json" }) },
  sequence: {
    value: ({ sequence }) => String(sequence),
    schema: () => ({
      type: "string",
      pattern: "^[1-9][0-9]*$",
      description: "Counts up per person, without gaps; a channel may not be told of all of them.",
    }),
  },
};

/** Ids only; what has become of them is asked for. */
const dataFields: Readonly<Record<string, Field>> = {
  pensionerId: {
    value: ({ pensionerId }) => pensionerId,
    schema: () => idOf("PENSIONER", "The person to whom it happened."),
  },
  subjectId: {
    value: ({ subjectId }) => subjectId,
    schema: (type) => idOf(eventMeanings[type].about, "What it is about."),
  },
};

/** What it is about once more, under the name of the thing. */
const dataFieldsAbout: Readonly<Record<EventSubject, Readonly<Record<string, Field>>>> = {
  CERTIFICATION: {
    certificationId: {
      value: ({ subjectId }) => subjectId,
      schema: () => idOf("CERTIFICATION", "The certification."),
    },
  },
  LIFE_EVENT: {},
  PENSIONER: {},
};

function dataFieldsOf(type: EventType): Readonly<Record<string, Field>> {
  return { ...dataFields, ...dataFieldsAbout[eventMeanings[type].about] };
}

function valuesOf(fields: Readonly<Record<string, Field>>, event: ToldEvent, source: string) {
  return Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value(event, source)]));
}

function schemasOf(fields: Readonly<Record<string, Field>>, type: EventType): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema(type)]));
}

/** The body that is sent. */
export function cloudEvent(event: ToldEvent, source: string): string {
  return JSON.stringify({
    ...valuesOf(attributes, event, source),
    data: valuesOf(dataFieldsOf(event.type), event, source),
  });
}

/** What receivers may rely on of the body: all of these are there; more may come, and is to be passed over. */
export function bodySchemaOf(type: EventType): JsonSchema {
  const data = schemasOf(dataFieldsOf(type), type);
  const properties = {
    ...schemasOf(attributes, type),
    data: { type: "object", required: Object.keys(data), properties: data },
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:changqing:webhook:${type}`,
    title: typeName(type),
    description: eventMeanings[type].text,
    type: "object",
    required: Object.keys(properties),
    properties,
  };
}

/** The schemas by the names of their files. */
export function bodySchemaFiles(): ReadonlyMap<string, JsonSchema> {
  return new Map(eventTypes.map((type) => [`${type}.schema.json`, bodySchemaOf(type)]));
}
