import type { ExplorerPerson, ExplorerSettings, SavedOperation } from "../settings.js";
import { Observable } from "./observable.js";

const nothingYet: ExplorerSettings = { mode: "production", now: null, operations: [], sandbox: null };

/** What the service told the page; read again when its clock was moved, because samples go by months. */
export const settings = new Observable<ExplorerSettings>(nothingYet);

/** Whom the samples name. */
export const person = new Observable<ExplorerPerson | undefined>(undefined);

export async function loadSettings(): Promise<void> {
  const response = await fetch("/explorer/settings.json");
  if (!response.ok) throw new Error(`settings: ${response.status}`);
  const loaded = (await response.json()) as ExplorerSettings;
  if (!person.value) person.set(loaded.sandbox?.people[0]);
  settings.set(loaded);
}

export function operationNamed(name: string | null | undefined): SavedOperation | undefined {
  return settings.value.operations.find((operation) => operation.name === name);
}
