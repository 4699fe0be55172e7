import type { KeyExamination, KeyHolder } from "../../storage/key-versions.js";
import { type Finding, fail, ok, warn } from "./finding.js";

/** Whether a process with this key file could start; `held` is false where there is no key file yet. */
export function judgeKeys({ fault, inUse }: KeyExamination, held: boolean): Finding {
  const bound = inUse.sealing.length > 0 || inUse.index.length > 0;
  if (!held)
    return bound
      ? fail(
          "keys",
          "the database was sealed under keys that are not here",
          "put the key file back from its backup: without it the data cannot be read by anyone",
        )
      : ok("keys", "there are neither keys nor data yet: the first start makes them");
  if (fault)
    return fail(
      "keys",
      fault.message,
      "give every process the key file that belongs to this database (`npm run cli -- keys status` lists versions)",
    );
  return ok("keys", bound ? "the key file belongs to this database" : "the first start puts them in use");
}

/** A rotation is under way while more than one version is in use, or processes disagree on which is current. */
export function judgeRotation({ inUse, holders }: KeyExamination): Finding {
  const parts = (["sealing", "index"] as const).flatMap((kind) => {
    const current = currents(holders, kind);
    if (current.length > 1) return [`processes write under ${kind} versions ${current.join(" and ")}`];
    return inUse[kind].length > 1 ? [`${kind} versions ${inUse[kind].join(" and ")} are in use`] : [];
  });
  if (parts.length === 0) return ok("key-rotation", "none is under way");
  return warn(
    "key-rotation",
    `one is under way: ${parts.join("; ")}`,
    "finish it: restart every process with one key file, then keys reseal or reindex, status, and retire",
  );
}

function currents(holders: readonly KeyHolder[], kind: "sealing" | "index"): number[] {
  return [...new Set(holders.map((holder) => holder[kind].current))].sort((a, b) => a - b);
}
