/** The two languages of every text; the codes beside them are the contract. */
export type Language = "zh-CN" | "en";

export type Text = Readonly<Record<Language, string>>;

/** 2024年4月9日 / 9 April 2024 */
export function dateInWords(date: Temporal.PlainDate, language: Language): string {
  return language === "zh-CN"
    ? `${date.year}年${date.month}月${date.day}日`
    : `${date.day} ${englishMonths[date.month - 1]} ${date.year}`;
}

/** 2026年6月 / June 2026 */
export function monthInWords(month: Temporal.PlainYearMonth, language: Language): string {
  return language === "zh-CN"
    ? `${month.year}年${month.month}月`
    : `${englishMonths[month.month - 1]} ${month.year}`;
}

const englishMonths = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
