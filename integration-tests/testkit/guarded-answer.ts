import { expect } from "vitest";

export type AnswerLanguage = "zh-CN" | "en";
export const languages: readonly AnswerLanguage[] = ["zh-CN", "en"];

const han = /\p{Script=Han}/u;
/** Traces of what happens inside: stacks, statements, paths. */
const inside = [
  /stacktrace/i,
  /\bat \S+ \(?(file|node|\/)/,
  /node_modules|\.(ts|js):\d+/,
  /failed query|params:/i,
  /\b(select|insert|update|delete)\b.{0,200}\b(from|into|where)\b/is,
  /postgres|pglite|drizzle|FST_ERR/i,
  /invalid byte sequence|syntax error at or near/i,
];

/** No answer tells of the inside, repeats what must not be repeated, or speaks another language than it was asked in. */
export function expectGuarded(raw: string, language: AnswerLanguage, secrets: readonly string[] = []): void {
  for (const trace of inside) expect(raw).not.toMatch(trace);
  for (const secret of secrets.filter((text) => text.trim().length > 1)) {
    expect(raw).not.toContain(secret);
    expect(raw).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
  for (const message of messagesIn(JSON.parse(raw))) {
    if (language === "zh-CN") expect(message).toMatch(han);
    else expect(message).not.toMatch(han);
  }
}

function messagesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(messagesIn);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "message" && typeof item === "string" ? [item] : messagesIn(item),
  );
}
