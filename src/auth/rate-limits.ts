import type { Executor } from "../storage/database.js";
import { type BudgetKey, type BudgetRule, takePoints } from "../storage/rate-budgets.js";

export interface RateLimitRules {
  /** Points for cost: one for the request and one for each object it may give. */
  readonly cost: BudgetRule;
  /** Look-ups that find nobody in scope: a small budget, so that numbers cannot be tried out. */
  readonly misses: BudgetRule;
}

export interface BudgetState {
  readonly limit: number;
  readonly remaining: number;
  readonly restoredPerSecond: number;
}

/** The client has used up a budget. */
export class RateLimited extends Error {
  override readonly name = "RateLimited";

  constructor(
    readonly retryAfterSeconds: number,
    readonly state: BudgetState,
  ) {
    super("rate limited");
  }
}

interface Lease {
  points: number;
  left: number;
  readonly takenAtMs: number;
}

/** A process takes points from the shared budget in portions and spends them on its own: one statement for many requests. */
const PORTION = 1 / 50;
const LEASE_MS = 1_000;

/** Budgets by client, charged before the work and refunded afterwards. */
export class RateLimits {
  readonly #leases = new Map<string, Lease>();

  constructor(
    private readonly db: Executor,
    private readonly rules: RateLimitRules,
  ) {}

  /** Charges a request's cost; throws RateLimited when the client's budget does not hold it. */
  chargeCost(clientId: string, points: number): Promise<BudgetState> {
    return this.#charge({ clientId, kind: "COST" }, this.rules.cost, points);
  }

  /** Gives back what a request was charged too much. */
  refundCost(clientId: string, points: number): BudgetState {
    const lease = this.#leases.get(`COST|${clientId}`);
    if (lease) lease.points += points;
    return this.#state(this.rules.cost, lease);
  }

  /** Throws RateLimited when the client has named too many people who are not in scope. */
  async refuseGuessing(clientId: string, subjects: number): Promise<void> {
    const key: BudgetKey = { clientId, kind: "MISSES" };
    const lease = this.#fresh(key) ?? (await this.#lease(key, this.rules.misses, subjects));
    if (lease.points + lease.left < subjects) throw this.#refusal(this.rules.misses, lease, subjects);
  }

  async chargeMisses(clientId: string, misses: number): Promise<void> {
    const key: BudgetKey = { clientId, kind: "MISSES" };
    if (misses > 0) await this.#charge(key, this.rules.misses, misses);
  }

  async #charge(key: BudgetKey, rule: BudgetRule, points: number): Promise<BudgetState> {
    let lease = this.#fresh(key);
    if (!lease || lease.points < points) lease = await this.#lease(key, rule, points);
    if (lease.points < points) throw this.#refusal(rule, lease, points);
    lease.points -= points;
    return this.#state(rule, lease);
  }

  #fresh(key: BudgetKey): Lease | undefined {
    const lease = this.#leases.get(`${key.kind}|${key.clientId}`);
    return lease && Date.now() - lease.takenAtMs < LEASE_MS ? lease : undefined;
  }

  async #lease(key: BudgetKey, rule: BudgetRule, points: number): Promise<Lease> {
    const portion = Math.max(points, Math.ceil(rule.capacity * PORTION));
    const { taken, left } = await takePoints(this.db, key, rule, portion);
    // Looked up again after the wait: simultaneous requests may each have taken a portion.
    const kept = this.#fresh(key)?.points ?? 0;
    const lease = { points: kept + taken, left, takenAtMs: Date.now() };
    this.#leases.set(`${key.kind}|${key.clientId}`, lease);
    return lease;
  }

  #state(rule: BudgetRule, lease: Lease | undefined): BudgetState {
    const remaining = Math.min(
      rule.capacity,
      Math.floor((lease?.points ?? 0) + (lease?.left ?? rule.capacity)),
    );
    return { limit: rule.capacity, remaining, restoredPerSecond: rule.restoredPerSecond };
  }

  #refusal(rule: BudgetRule, lease: Lease, points: number): RateLimited {
    const missing = points - lease.points - lease.left;
    return new RateLimited(
      Math.max(1, Math.ceil(missing / rule.restoredPerSecond)),
      this.#state(rule, lease),
    );
  }
}
