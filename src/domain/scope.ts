/** What a look-up found under a document number. */
export interface ScopeCandidate {
  readonly comparableNameMatches: boolean;
  readonly benefitCount: number;
}

/** S1, S2: in scope is who receives a benefit *and* was named rightly; every other case gives one and the same answer. */
export function isInScope(candidate: ScopeCandidate | null): candidate is ScopeCandidate {
  return candidate !== null && candidate.comparableNameMatches && candidate.benefitCount > 0;
}
