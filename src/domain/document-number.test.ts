import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkDigit,
  type DocumentFault,
  type DocumentType,
  documentTypes,
  parseDocument,
} from "./document-number.js";

const today = Temporal.PlainDate.from("2026-04-15");

function parse(type: DocumentType, number: string, on = today) {
  return parseDocument({ type, number }, on);
}

/** The normalised number of a document that must be acceptable. */
function accepted(type: DocumentType, number: string, on = today): string {
  const parsed = parse(type, number, on);
  if (!parsed.ok) throw new Error(`${type} ${number} was refused: ${parsed.fault}`);
  expect(parsed.document.type).toBe(type);
  return parsed.document.number;
}

function faultOf(type: DocumentType, number: string, on = today): DocumentFault | null {
  const parsed = parse(type, number, on);
  return parsed.ok ? null : parsed.fault;
}

describe("numbers that are right", () => {
  test.each<[DocumentType, string, string]>([
    ["RESIDENT_ID", "11010519491231002X", "with X"],
    ["RESIDENT_ID", "440524188001010014", "born in 1880"],
    ["RESIDENT_ID", "110108194901010012", "of Haidian"],
    ["RESIDENT_ID", "110103193503070048", "of the former Chongwen district"],
    ["RESIDENT_ID", "11022119420228001X", "of the former Changping county"],
    ["HMT_RESIDENCE_PERMIT", "810000194901010011", "of Hong Kong"],
    ["HMT_RESIDENCE_PERMIT", "820000194901010021", "of Macau"],
    ["HMT_RESIDENCE_PERMIT", "830000194901010015", "of Taiwan"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "911124198108030024", "in the form of 2023"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "USA110019810803", "in the older form"],
    ["PASSPORT", "E12345678", "of nine characters"],
    ["PASSPORT", "AB123", "of five characters"],
    ["PASSPORT", "12345678901234567890", "of twenty digits"],
  ])("C3 %s %s, %s, is accepted as it stands", (type, number) => {
    expect(accepted(type, number)).toBe(number);
  });

  test.each<[DocumentType, string, string]>([
    ["RESIDENT_ID", "11010519491231002x", "11010519491231002X"],
    ["RESIDENT_ID", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"],
    ["RESIDENT_ID", "１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"],
    ["RESIDENT_ID", " 110105 19491231 002X\t", "11010519491231002X"],
    ["RESIDENT_ID", "110105　19491231　002X", "11010519491231002X"],
    ["RESIDENT_ID", "110108490101001", "110108194901010012"],
    ["RESIDENT_ID", "１１０１０８４９０１０１００１", "110108194901010012"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "usa110019810803", "USA110019810803"],
    ["PASSPORT", " e1234 5678 ", "E12345678"],
    ["PASSPORT", "Ｅ１２３４５６７８", "E12345678"],
  ])("C3 %s written %j is %s", (type, written, number) => {
    expect(accepted(type, written)).toBe(number);
  });

  test("C3 a number of 15 digits finds the person of the 18 digits", () => {
    expect(parse("RESIDENT_ID", "110108490101001")).toEqual(parse("RESIDENT_ID", "110108194901010012"));
  });
});

describe("numbers that are wrong", () => {
  test.each<[DocumentType, string, DocumentFault, string]>([
    ["RESIDENT_ID", "110105194912310021", "CHECK_DIGIT", "X mistyped as 1"],
    ["RESIDENT_ID", "110108194901010011", "CHECK_DIGIT", "a last digit one off"],
    ["RESIDENT_ID", "110108194901010021", "CHECK_DIGIT", "two digits swapped"],
    ["RESIDENT_ID", "110108194902300014", "BIRTH_DATE", "30 February"],
    ["RESIDENT_ID", "110108194302290015", "BIRTH_DATE", "29 February of a common year"],
    ["RESIDENT_ID", "110108194913010014", "BIRTH_DATE", "month 13"],
    ["RESIDENT_ID", "110108194900010014", "BIRTH_DATE", "month 0"],
    ["RESIDENT_ID", "110108194901000014", "BIRTH_DATE", "day 0"],
    ["RESIDENT_ID", "110108000001010014", "BIRTH_DATE", "year 0"],
    ["RESIDENT_ID", "110108491301001", "BIRTH_DATE", "15 digits with month 13"],
    ["RESIDENT_ID", "000108194901010012", "DIVISION", "province 00"],
    ["RESIDENT_ID", "170108194901010012", "DIVISION", "a province that never was"],
    ["RESIDENT_ID", "810000194901010011", "DIVISION", "a Hong Kong residence permit"],
    ["RESIDENT_ID", "911124198108030024", "DIVISION", "a foreigner's number"],
    ["RESIDENT_ID", "11010819490101001", "FORMAT", "17 digits"],
    ["RESIDENT_ID", "1101081949010100122", "FORMAT", "19 digits"],
    ["RESIDENT_ID", "11010849010100", "FORMAT", "14 digits"],
    ["RESIDENT_ID", "X10108194901010012", "FORMAT", "X in front"],
    ["RESIDENT_ID", "11010519491231002Х", "FORMAT", "a Cyrillic Х"],
    ["RESIDENT_ID", "110108-19490101-0012", "FORMAT", "hyphens"],
    ["RESIDENT_ID", "١١٠١٠٨١٩٤٩٠١٠١٠٠١٢", "FORMAT", "Arabic-Indic digits"],
    ["RESIDENT_ID", "110108194901010012\u0000", "FORMAT", "U+0000 behind"],
    ["RESIDENT_ID", "11010819490101\u00000012", "FORMAT", "U+0000 inside"],
    ["RESIDENT_ID", "110108194901010012😀", "FORMAT", "an emoji"],
    ["RESIDENT_ID", "", "FORMAT", "nothing"],
    ["RESIDENT_ID", "   ", "FORMAT", "spaces"],
    ["HMT_RESIDENCE_PERMIT", "810000194901010012", "CHECK_DIGIT", "a wrong check digit"],
    ["HMT_RESIDENCE_PERMIT", "840000194901010011", "DIVISION", "84"],
    ["HMT_RESIDENCE_PERMIT", "810001194901010011", "DIVISION", "a county below 81"],
    ["HMT_RESIDENCE_PERMIT", "110108194901010012", "DIVISION", "a resident number"],
    ["HMT_RESIDENCE_PERMIT", "810000194902300011", "BIRTH_DATE", "30 February"],
    ["HMT_RESIDENCE_PERMIT", "810000490101001", "FORMAT", "15 digits, which only resident numbers had"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "911124198108030025", "CHECK_DIGIT", "a wrong check digit"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "911124198113030024", "BIRTH_DATE", "month 13"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "110108194901010012", "DIVISION", "a resident number"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "US1110019810803", "FORMAT", "two letters"],
    ["FOREIGN_PERMANENT_RESIDENT_ID", "USA11001981080", "FORMAT", "11 digits"],
    ["PASSPORT", "E123", "FORMAT", "four characters"],
    ["PASSPORT", "E12345678901234567890", "FORMAT", "21 characters"],
    ["PASSPORT", "E1234/678", "FORMAT", "a slash"],
    ["PASSPORT", "E1234\u00005678", "FORMAT", "U+0000"],
    ["PASSPORT", "护照12345678", "FORMAT", "Chinese characters"],
  ])("C3 %s %j is refused with %s: %s", (type, number, fault) => {
    expect(faultOf(type, number)).toBe(fault);
  });

  test.each(documentTypes.map((type) => [type]))("C3 %s of 10,000 characters is refused", (type) => {
    expect(faultOf(type, "1".repeat(10_000))).toBe("FORMAT");
    expect(faultOf(type, `${" ".repeat(10_000)}110108194901010012`)).toBe("FORMAT");
    expect(faultOf(type, "ﷺ".repeat(10_000))).toBe("FORMAT");
  });
});

test("C3 resident numbers begin with a province of GB/T 2260 and with nothing else", () => {
  const numbers = Array.from({ length: 100 }, (_, n) => {
    const body = `${String(n).padStart(2, "0")}010119490101001`;
    return body + checkDigit(body);
  });
  const provinces = numbers
    .filter((number) => parse("RESIDENT_ID", number).ok)
    .map((number) => number.slice(0, 2));
  expect(provinces.join(" ")).toBe(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71",
  );
});

describe("births", () => {
  const bornOn = (day: string) => {
    const body = `110108${day.replaceAll("-", "")}001`;
    return body + checkDigit(body);
  };

  test.each([
    ["2026-04-15", null],
    ["2026-04-16", "BIRTH_DATE"],
    ["2027-01-01", "BIRTH_DATE"],
    ["2024-02-29", null],
    ["1900-02-28", null],
    ["1850-01-01", null],
    ["1849-12-31", "BIRTH_DATE"],
  ])("C3 on 2026-04-15 a birth on %s is refused with %s", (day, fault) => {
    expect(faultOf("RESIDENT_ID", bornOn(day))).toBe(fault);
  });

  test("C3 whether a birth lies in the future depends on the day given", () => {
    expect(faultOf("RESIDENT_ID", bornOn("2026-04-16"), Temporal.PlainDate.from("2026-04-16"))).toBeNull();
  });
});

describe("for any resident number", () => {
  const divisions = fc.constantFrom(
    "110108",
    "110103",
    "110104",
    "110221",
    "440524",
    "659004",
    "710000",
    "542621",
  );
  const births = fc
    .integer({ min: 0, max: 50_000 })
    .map((days) => Temporal.PlainDate.from("1889-01-01").add({ days }).toString().replaceAll("-", ""));
  const sequences = fc.integer({ min: 1, max: 999 }).map((n) => String(n).padStart(3, "0"));
  const residentNumbers = fc.tuple(divisions, births, sequences).map((parts) => {
    const body = parts.join("");
    return body + checkDigit(body);
  });

  test("C3 it is accepted, satisfies ISO 7064, and survives being normalised twice", () => {
    fc.assert(
      fc.property(residentNumbers, (number) => {
        const once = accepted("RESIDENT_ID", ` ${number.toLowerCase()} `);
        expect(once).toBe(number);
        expect(accepted("RESIDENT_ID", once)).toBe(once);
        // The definition, digit by digit: each step doubles what came before, and the whole is 1 modulo 11.
        const remainder = [...number].reduce(
          (sum, char) => (sum * 2 + (char === "X" ? 10 : Number(char))) % 11,
          0,
        );
        expect(remainder).toBe(1);
      }),
    );
  });

  test("C3 one character typed wrong is always noticed", () => {
    fc.assert(
      fc.property(residentNumbers, fc.nat(17), fc.constantFrom(..."0123456789X"), (number, at, typed) => {
        fc.pre(number[at] !== typed);
        expect(parse("RESIDENT_ID", number.slice(0, at) + typed + number.slice(at + 1)).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("C3 two neighbours swapped are always noticed", () => {
    fc.assert(
      fc.property(residentNumbers, fc.nat(16), (number, at) => {
        const [first = "", second = ""] = number.slice(at, at + 2);
        fc.pre(first !== second);
        const swapped = number.slice(0, at) + second + first + number.slice(at + 2);
        expect(parse("RESIDENT_ID", swapped).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("C3 the 15 digits of someone born in the 1900s are upgraded to their 18", () => {
    fc.assert(
      fc.property(residentNumbers, (number) => {
        fc.pre(number.slice(6, 8) === "19");
        expect(accepted("RESIDENT_ID", number.slice(0, 6) + number.slice(8, 17))).toBe(number);
      }),
    );
  });
});

test("C3 whatever is accepted survives being normalised twice, and nothing is thrown", () => {
  const written = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(..."0123456789XxAaｘ１　 \u0000ß①"), maxLength: 24 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...documentTypes), written, (type, number) => {
      const once = parse(type, number);
      if (once.ok) {
        expect(once.document.number).toMatch(/^[0-9A-Z]+$/);
        expect(parse(type, once.document.number)).toEqual(once);
      }
    }),
    { numRuns: 500 },
  );
});
