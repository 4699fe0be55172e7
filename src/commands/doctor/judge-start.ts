import type { Reached } from "../../delivery/reach-gateway.js";
import { type Finding, fail, ok, warn } from "./finding.js";
import type { Mode } from "./judge-database.js";

const OLDEST_NODE = 26;

/** `version` as `process.version` says it. */
export function judgeRuntime(version: string): Finding {
  const major = Number(/^v(\d+)\./.exec(version)?.[1]);
  return major >= OLDEST_NODE
    ? ok("runtime", `Node ${version}`)
    : fail(
        "runtime",
        `Node ${version} is too old`,
        `\`npm ci\` brings Node ${OLDEST_NODE}: use npm start, npm run cli`,
      );
}

/** How many verifiers are known; null where no file names any. */
export function judgeFaceVerifiers(mode: Mode, count: number | null): Finding {
  if (count !== null) return ok("face-verifiers", `${count} ${count === 1 ? "is" : "are"} known`);
  return mode === "sandbox"
    ? ok("face-verifiers", "the sandbox has its own")
    : warn(
        "face-verifiers",
        "none is known: nobody can certify by face",
        "set FACE_VERIFIERS_FILE to a JSON object from issuer to JWK set",
      );
}

/** `reached` is null where messages go to nobody: in a sandbox, or without a gateway. */
export function judgeGateway(mode: Mode, name: string | null, reached: Reached | null): Finding {
  if (name === null)
    return mode === "sandbox"
      ? ok("gateway", "none is set up")
      : warn("gateway", "none is set up: messages stay queued", "set SMS_GATEWAY to smpp or aliyun");
  if (!reached) return ok("gateway", `${name}: messages leave for nobody`);
  if (reached.answers) return ok("gateway", `${name} answers`);
  return fail(
    "gateway",
    `${name} does not answer (${reached.reason})`,
    reached.reason.startsWith("BIND_")
      ? "compare user and password in SMPP_URL and SMPP_PASSWORD with the carrier's"
      : "see that this machine may connect there, and that the address is right",
  );
}
