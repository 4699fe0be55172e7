import type { Language } from "./domain/language.js";

/** The better of zh-CN and en by an Accept-Language header; zh-CN when it names neither. */
export function languageOf(header: string | undefined): Language {
  let best: { readonly language: Language; readonly quality: number } | null = null;
  for (const part of (header ?? "").slice(0, 500).split(",")) {
    const [range = "", ...params] = part.trim().toLowerCase().split(";");
    const language = range.startsWith("zh") ? "zh-CN" : range.startsWith("en") ? "en" : null;
    const stated = params.map((param) => /^\s*q=(\d(?:\.\d{1,3})?)\s*$/.exec(param)?.[1]).find(Boolean);
    const quality = stated === undefined ? 1 : Number(stated);
    if (language && quality > 0 && (!best || quality > best.quality)) best = { language, quality };
  }
  return best?.language ?? "zh-CN";
}
