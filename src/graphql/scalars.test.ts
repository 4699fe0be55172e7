import { GraphQLError, type GraphQLScalarType, parseValue } from "graphql";
import { describe, expect, test } from "vitest";
import { DateScalar, DateTimeScalar, dateTimeText, YearMonthScalar } from "./scalars.js";

const scalars: Readonly<Record<string, GraphQLScalarType>> = {
  Date: DateScalar,
  YearMonth: YearMonthScalar,
  DateTime: DateTimeScalar,
};

function scalarNamed(name: string): GraphQLScalarType {
  const scalar = scalars[name];
  if (!scalar) throw new Error(`no scalar ${name}`);
  return scalar;
}

describe("accepted", () => {
  test.each([
    ["Date", "2026-05-31", "2026-05-31"],
    ["Date", "2028-02-29", "2028-02-29"],
    ["Date", "0001-01-01", "0001-01-01"],
    ["YearMonth", "2026-05", "2026-05"],
    ["YearMonth", "9999-12", "9999-12"],
    ["DateTime", "2026-05-31T16:00:00Z", "2026-05-31T16:00:00Z"],
    ["DateTime", "2026-06-01T00:00:00.123+08:00", "2026-05-31T16:00:00.123Z"],
  ])("%s %s", (name, text, value) => {
    expect(String(scalarNamed(name).parseValue(text))).toBe(value);
    expect(String(scalarNamed(name).parseLiteral(parseValue(JSON.stringify(text))))).toBe(value);
  });
});

describe("refused, without a word of what was given", () => {
  test.each([
    ["Date", "2026-02-29"],
    ["Date", "2026-04-31"],
    ["Date", "2026-13-01"],
    ["Date", "2026-00-10"],
    ["Date", "0000-01-01"],
    ["Date", "2026-5-1"],
    ["Date", "2026-05-31T00:00:00Z"],
    ["Date", "20260531"],
    ["Date", "-000001-01-01"],
    ["Date", "2026-05-31[u-ca=chinese]"],
    ["Date", " 2026-05-31"],
    ["Date", "２０２６-05-31"],
    ["Date", ""],
    ["YearMonth", "2026-13"],
    ["YearMonth", "2026-00"],
    ["YearMonth", "0000-01"],
    ["YearMonth", "2026-05-01"],
    ["YearMonth", "2026年5月"],
    ["YearMonth", "2026-05\0"],
    ["DateTime", "2026-05-31"],
    ["DateTime", "2026-05-31T16:00:00"],
    ["DateTime", "2026-05-31T25:00:00Z"],
    ["DateTime", "2026-02-30T00:00:00Z"],
    ["DateTime", "2026-05-31T16:00:00+25:00"],
    ["DateTime", "2026-05-31T16:00:00Z[Asia/Shanghai]"],
    ["DateTime", "2026-05-31t16:00:00z"],
    ["DateTime", "2026-05-31 16:00:00Z"],
  ])("%s %j", (name, text) => {
    const attempt = () => scalarNamed(name).parseValue(text);
    expect(attempt).toThrow(GraphQLError);
    expect(attempt).toThrow(`not a valid ${name}`);
  });

  test.each(["Date", "YearMonth", "DateTime"])("%s of another kind", (name) => {
    const scalar = scalarNamed(name);
    for (const value of [20260531, 1.5, true, {}, [], ["2026-05-31"], new Date(0), Symbol("x")]) {
      expect(() => scalar.parseValue(value)).toThrow(`not a valid ${name}`);
    }
    for (const literal of ["20260531", "true", "null", "MAY", '["2026-05"]', "{a: 1}"]) {
      expect(() => scalar.parseLiteral(parseValue(literal))).toThrow(`not a valid ${name}`);
    }
  });
});

test("instants are told in UTC with milliseconds", () => {
  expect(dateTimeText(Temporal.Instant.from("2026-06-01T00:00:00+08:00"))).toBe("2026-05-31T16:00:00.000Z");
  expect(dateTimeText(Temporal.Instant.from("2026-06-01T00:00:00.123456Z"))).toBe("2026-06-01T00:00:00.123Z");
});
