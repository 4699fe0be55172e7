import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";

/** Scalars are as strict as the calendar: a day or month that does not exist is refused; PostgreSQL has no year 0000. */

function textScalar<T extends { toString(): string }>(options: {
  readonly name: string;
  readonly description: string;
  readonly parse: (text: string) => T;
}): GraphQLScalarType<T, string> {
  const parseText = (value: unknown): T => {
    try {
      if (typeof value === "string") return options.parse(value);
    } catch {
      // Falls through to the one refusal, which never repeats the value.
    }
    throw new GraphQLError(`not a valid ${options.name}`);
  };
  return new GraphQLScalarType<T, string>({
    name: options.name,
    description: options.description,
    serialize: (value) => String(value),
    parseValue: parseText,
    parseLiteral: (node: ValueNode) => parseText(node.kind === Kind.STRING ? node.value : undefined),
  });
}

function shaped<T>(shape: RegExp, parse: (text: string) => T): (text: string) => T {
  return (text) => {
    if (!shape.test(text)) throw new RangeError("shape");
    return parse(text);
  };
}

export const DateScalar = textScalar({
  name: "Date",
  description: "A day, YYYY-MM-DD, in the calendar of Asia/Shanghai (日期).",
  parse: shaped(/^(?!0000)\d{4}-\d{2}-\d{2}$/, (text) =>
    Temporal.PlainDate.from(text, { overflow: "reject" }),
  ),
});

export const YearMonthScalar = textScalar({
  name: "YearMonth",
  description: "A month, YYYY-MM, in the calendar of Asia/Shanghai (年月).",
  parse: shaped(/^(?!0000)\d{4}-\d{2}$/, (text) =>
    Temporal.PlainYearMonth.from(text, { overflow: "reject" }),
  ),
});

export const DateTimeScalar = textScalar({
  name: "DateTime",
  description: "An instant, RFC 3339 with offset on input, UTC with milliseconds on output (时刻).",
  parse: shaped(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/, (text) =>
    Temporal.Instant.from(text),
  ),
});

/** RFC 3339, UTC, milliseconds. */
export function dateTimeText(instant: Temporal.Instant): string {
  return instant.toString({ fractionalSecondDigits: 3 });
}
