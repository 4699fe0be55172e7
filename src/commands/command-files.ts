import { realpath } from "node:fs/promises";
import { resolve } from "node:path";

/** Whether writing to `target`, which may not be there yet, would write over `file`. */
export async function wouldOverwrite(target: string, file: string): Promise<boolean> {
  const existing = await realpath(target).catch(() => resolve(target));
  return existing === (await realpath(file));
}
