import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { checkDigit } from "../../src/domain/document-number.js";

const HEADER =
  "name,document_type,document_number,phone,benefit_type,approved_month,agency_code,district_code,employer_code,last_certified_on";
const surnames = [..."王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"];
const given = [..."伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉梅国建文红"];
const districts = [
  "110101",
  "110102",
  "110105",
  "110106",
  "110107",
  "110108",
  "110109",
  "110111",
  "110112",
  "110113",
];
const benefits = [
  "ENTERPRISE_RETIREMENT",
  "ENTERPRISE_RETIREMENT",
  "PUBLIC_INSTITUTION_RETIREMENT",
  "RESIDENT_PENSION",
];
const LINES_A_WRITE = 2_000;

/** Writes a register of that many invented people, each with valid check digits and a document of its own. */
export async function writeSyntheticRegister(path: string, lines: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${HEADER}\n`);
  for (let start = 0; start < lines; start += LINES_A_WRITE) {
    const count = Math.min(LINES_A_WRITE, lines - start);
    const text = Array.from({ length: count }, (_, offset) => syntheticLine(start + offset)).join("");
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}

function syntheticLine(n: number): string {
  const pick = <T>(from: readonly T[], salt: number): T => from[Math.trunc(n / salt) % from.length] as T;
  const name = pick(surnames, 1) + pick(given, surnames.length) + (n % 3 === 0 ? "" : pick(given, 7));
  const district = pick(districts, 1);
  // 30 years of births, 999 people a day and division: no number comes twice below 100 million lines.
  const day = Math.trunc(n / districts.length);
  const sequence = 1 + Math.trunc(day / (30 * 336));
  const birth = `${1935 + (day % 30)}${two(1 + (Math.trunc(day / 30) % 12))}${two(1 + (Math.trunc(day / 360) % 28))}`;
  const first17 = `${district}${birth}${String(sequence).padStart(3, "0")}`;
  const approved = `20${two(5 + (n % 20))}-${two(1 + (n % 12))}`;
  const certified = n % 10 === 0 ? "" : `202${4 + (n % 2)}-${two(1 + (n % 9))}-${two(1 + (n % 28))}`;
  const phone = n % 20 === 0 ? "" : `13${String(800_000_000 + (n % 100_000_000)).padStart(9, "0")}`;
  const employer = n % 4 === 3 ? "" : `EMP-${n % 5_000}`;
  const agency = `AG-${district}-${n % 8}`;
  return `${name},RESIDENT_ID,${first17}${checkDigit(first17)},${phone},${pick(benefits, 1)},${approved},${agency},${district},${employer},${certified}\n`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
