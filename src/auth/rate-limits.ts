import type { Actor } from "../domain/actor.js";
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

/** Whose budget it is. */
export type Spender = Pick<Actor, "clientId" | "budget">;

interface Lease {
  /** To spend here. */
  points: number;
  /** Still in the shared budget when this was taken. */
  readonly left: number;
  readonly renewedAtMs: number;
}

/** A process takes points from the shared budget in portions and spends them on its own: one statement for many requests. */
const PORTION = 1 / 50;
/** After this time what is left of a portion goes back, and what other processes took is seen. */
const LEASE_MS = 1_000;

/** Budgets by client, charged before the work and refunded afterwards. */
export class RateLimits {
  readonly #leases = new Map<string, Lease>();
  readonly #renewals = new Map<string, Promise<Lease>>();

  constructor(
    private readonly db: Executor,
    private readonly rules: RateLimitRules,
  ) {}

  /** Charges a request's cost; throws RateLimited when the client's budget, its own or the common one, does not hold it. */
  chargeCost(client: Spender, points: number): Promise<BudgetState> {
    return this.#charge({ clientId: client.clientId, kind: "COST" }, this.#costRule(client), points);
  }

  /** Gives back what a request was charged too much. */
  refundCost(client: Spender, points: number): BudgetState {
    const lease = this.#leases.get(nameOf({ clientId: client.clientId, kind: "COST" }));
    if (lease) lease.points += points;
    return stateOf(this.#costRule(client), lease);
  }

  #costRule({ budget }: Spender): BudgetRule {
    return budget ?? this.rules.cost;
  }

  /** Throws RateLimited when the client has named too many people who are not in scope to be answered about these. */
  async refuseGuessing(clientId: string, subjects: number): Promise<void> {
    await this.#spend({ clientId, kind: "MISSES" }, this.rules.misses, subjects, 0);
  }

  async chargeMisses(clientId: string, misses: number): Promise<void> {
    if (misses > 0) await this.#charge({ clientId, kind: "MISSES" }, this.rules.misses, misses);
  }

  async #charge(key: BudgetKey, rule: BudgetRule, points: number): Promise<BudgetState> {
    return stateOf(rule, await this.#spend(key, rule, points, points));
  }

  /** Spends from the lease when it, or else the budget, holds the points asked for; throws RateLimited otherwise. */
  async #spend(key: BudgetKey, rule: BudgetRule, points: number, spent: number): Promise<Lease> {
    const name = nameOf(key);
    for (;;) {
      const lease = this.#leases.get(name);
      if (lease && lease.points >= points && Date.now() - lease.renewedAtMs < LEASE_MS) {
        lease.points -= spent;
        return lease;
      }
      const renewed = await this.#renewOnce(key, rule, points);
      // Others who waited for it may have spent it; what the budget still holds is for the next renewal to take.
      if (renewed.points + renewed.left < points) throw refusalOf(rule, renewed, points);
    }
  }

  /** Whoever comes while a renewal is under way waits for that one. */
  #renewOnce(key: BudgetKey, rule: BudgetRule, points: number): Promise<Lease> {
    const name = nameOf(key);
    const renewal =
      this.#renewals.get(name) ??
      this.#renew(key, rule, points).finally(() => {
        this.#renewals.delete(name);
      });
    this.#renewals.set(name, renewal);
    return renewal;
  }

  /** Takes a new portion for what is left of the old one, which goes back in the same statement. */
  async #renew(key: BudgetKey, rule: BudgetRule, points: number): Promise<Lease> {
    const name = nameOf(key);
    const portion = Math.max(points, Math.ceil(rule.capacity * PORTION));
    const offered = this.#leases.get(name)?.points ?? 0;
    const { taken, left } = await takePoints(this.db, key, rule, portion - offered);
    // What was spent or refunded meanwhile stays spent or refunded.
    const lease = { points: (this.#leases.get(name)?.points ?? 0) + taken, left, renewedAtMs: Date.now() };
    this.#leases.set(name, lease);
    return lease;
  }
}

function nameOf({ kind, clientId }: BudgetKey): string {
  return `${kind}|${clientId}`;
}

function stateOf(rule: BudgetRule, lease: Lease | undefined): BudgetState {
  const known = lease ? lease.points + lease.left : rule.capacity;
  const remaining = Math.max(0, Math.min(rule.capacity, Math.floor(known)));
  return { limit: rule.capacity, remaining, restoredPerSecond: rule.restoredPerSecond };
}

function refusalOf(rule: BudgetRule, lease: Lease, points: number): RateLimited {
  const missing = points - lease.points - lease.left;
  return new RateLimited(Math.max(1, Math.ceil(missing / rule.restoredPerSecond)), stateOf(rule, lease));
}
