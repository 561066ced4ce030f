import type { Budget, ProbeBudget } from '../config/budget_schema.js';

/** What a probe has cost so far, and what it may cost. */
export interface ProbeCost {
  readonly probe: string;
  /** CPU seconds; never goes down. */
  readonly seconds: number;
  readonly budget: ProbeBudget;
}

/** A probe that must be suspended. All costs are CPU seconds per second. */
export interface Excess {
  readonly probe: string;
  /** What it cost in the last minute. */
  readonly share: number;
  /** The budget that was exceeded. */
  readonly limit: number;
  /** What all probes and the programs that they share cost together, if the budget is that of all. */
  readonly total?: number;
}

/** An excess as a person reads it. */
export function excessText({ probe, share, limit, total }: Excess) {
  const percent = (ratio: number) => `${Number((100 * ratio).toPrecision(3))} %`;
  return { probe, share: percent(share), limit: percent(limit), total: total === undefined ? total : percent(total) };
}

/** Seconds over which the cost is averaged. */
export const judgedSeconds = 60;

/** Says which probe must be suspended. It is called regularly, and judges what the last minute cost. */
export class BudgetJudge {
  #samples: { readonly at: number; readonly seconds: ReadonlyMap<string, number> }[] = [];

  /**
   * After a verdict another minute is watched first.
   * @param at seconds, never going back
   * @param costs of the probes that run
   * @param whole the budget of the exporter
   */
  judge(at: number, costs: readonly ProbeCost[], whole: Budget | undefined): Excess | undefined {
    this.#samples.push({ at, seconds: new Map(costs.map(({ probe, seconds }) => [probe, seconds])) });
    const start = this.#samples.findLastIndex((sample) => at - sample.at >= judgedSeconds);
    if (start < 0) return undefined;
    this.#samples = this.#samples.slice(start);
    const { at: since, seconds: before } = this.#samples[0]!;
    const shares = costs
      .filter(({ probe }) => before.has(probe))
      .map(({ probe, seconds, budget }) => ({ probe, budget, share: (seconds - before.get(probe)!) / (at - since) }))
      .sort((a, b) => b.share - a.share);
    const excess = ofProbe(shares) ?? ofAll(shares, whole);
    if (excess) this.#samples = [];
    return excess;
  }
}

interface Share {
  readonly probe: string;
  readonly budget: ProbeBudget;
  readonly share: number;
}

/** The costliest probe over a budget of its own. */
function ofProbe(shares: readonly Share[]): Excess | undefined {
  for (const { probe, budget, share } of shares) {
    if (typeof budget === 'object' && budget.action === 'suspend' && share > budget.share) {
      return { probe, share, limit: budget.share };
    }
  }
  return undefined;
}

/** The costliest probe, if all together are over the budget of the exporter. */
function ofAll(shares: readonly Share[], whole: Budget | undefined): Excess | undefined {
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  if (whole?.action !== 'suspend' || total <= whole.share) return undefined;
  const costliest = shares.find(({ budget, share }) => budget !== 'none' && share > 0);
  return costliest && { probe: costliest.probe, share: costliest.share, limit: whole.share, total };
}
