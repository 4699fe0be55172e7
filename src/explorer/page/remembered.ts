import type { ExplorerPerson } from "../settings.js";

const ids = ["sess", "cert", "pen", "task", "visit"] as const;

/** From a placeholder to the latest value that an answer held: a session begun here is completed two clicks later. */
const remembered = new Map<string, string>();

/** Notes the ids of an answer; gives the sandbox's new time when the answer tells it. */
export function rememberAnswer(data: unknown): string | null {
  walk(data, "");
  const answer = data as
    | { readonly sandboxClockAdvance?: { readonly now?: string } | null }
    | null
    | undefined;
  return answer?.sandboxClockAdvance?.now ?? null;
}

function walk(value: unknown, key: string): void {
  if (typeof value === "string") note(key, value);
  else if (Array.isArray(value)) for (const item of value) walk(item, key);
  else if (typeof value === "object" && value !== null)
    for (const [name, inner] of Object.entries(value)) walk(inner, name);
}

function note(key: string, value: string): void {
  const kind = key === "id" ? ids.find((prefix) => value.startsWith(`${prefix}_`)) : undefined;
  if (kind) remembered.set(`${kind}_…`, value);
  if (key === "faceAssertion") remembered.set("eyJ…", value);
}

/** An operation's variables for now: this person, a fresh key, and what earlier answers held. */
export function filledIn(variables: unknown, person: ExplorerPerson | undefined): unknown {
  const fill = (value: unknown, key: string): unknown => {
    if (key === "subject" && person) return { name: person.name, document: person.document };
    if ((key === "contactPhone" || key === "phone") && person?.phone) return person.phone;
    if (key === "idempotencyKey") return freshKey();
    if (typeof value === "string") return remembered.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item) => fill(item, ""));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner, name)]));
  };
  return fill(variables, "");
}

/** Not crypto.randomUUID: a page that comes over plain HTTP has none. */
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `explorer-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
