import type { Language } from "../domain/language.js";
import { refusalMessage, refusals } from "../domain/refusals.js";
import { rejectionText } from "../domain/rejections.js";
import { ownedOpaqueId } from "../storage/ids.js";
import type { LineResult } from "./employer-batch.js";
import { isRefused } from "./employer-items.js";

/** What a technical failure is called to the outside. */
export type TellFailure = (failure: unknown) => { readonly code: string; readonly message: string };

/** A result as it is written to a file or sent back: nothing personal in it. */
export interface ToldResult {
  readonly line: number;
  readonly outcome: "PENDING" | "REJECTED" | "REFUSED" | "FAILED";
  readonly certificationId: string | null;
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly path?: readonly string[];
  }[];
}

/** E8: a result in a language: the certification, or why there is none; FAILED lines are to be sent again. */
export function tellResult(result: LineResult, language: Language, tellFailure: TellFailure): ToldResult {
  const { line } = result;
  if ("failure" in result)
    return { line, outcome: "FAILED", certificationId: null, errors: [tellFailure(result.failure)] };
  const { outcome } = result;
  if (isRefused(outcome)) {
    const { refusal, path } = outcome;
    const message = refusalMessage({ refusal, params: {} }, language);
    const error = { code: refusals[refusal].code, message, path };
    return { line, outcome: "REFUSED", certificationId: null, errors: [error] };
  }
  const certificationId = ownedOpaqueId("certification", outcome.certification);
  const { rejection } = outcome;
  if (rejection === null) return { line, outcome: "PENDING", certificationId, errors: [] };
  const errors = [{ code: rejection, message: rejectionText(rejection)[language] }];
  return { line, outcome: "REJECTED", certificationId, errors };
}
