/** The throughput that a busy service keeps beside the programs of an exporter. */
import type { GoalRow } from './goals.js';
import { mostOthers } from './machine_load.js';
import { figure, printTable, summary } from './numbers.js';
import { pairs, range, verdict } from './pairs.js';
import { inTurn } from './rounds.js';
import { RunningService, type Service } from './service.js';
import type { State } from './states.js';

const rounds = 7;
const windowSeconds = 2;

export interface KeptGoal {
  readonly measure: string;
  /** Least share of the throughput. */
  readonly goal: number;
}

/**
 * Prints the share of the throughput that each state leaves, and the CPU time per request that it adds.
 * @param states off, floor and default set first
 * @returns its row of the table of goals
 */
export async function kept({ measure, goal }: KeptGoal, service: Service, states: readonly State[]): Promise<GoalRow> {
  const running = await RunningService.start(service);
  try {
    const works = await inTurn(states, rounds, () => running.work(windowSeconds));
    const throughputs = works.map((results) => results.map(({ throughput }) => throughput));
    const costs = works.map((results) => results.map(({ cpuSeconds }) => cpuSeconds));
    const shares = throughputs.map((values) => pairs(values, throughputs[0]!));
    printTable(
      [measure, 'requests/s', 'kept', 'CPU µs', '× CPU'],
      states.map(({ title }, index) => [
        title,
        figure(summary(throughputs[index]!).median),
        index === 0 ? '' : range(shares[index]!),
        figure(summary(costs[index]!).median * 1e6),
        index === 0 ? '' : range(pairs(costs[index]!, costs[0]!)),
      ]),
    );
    const peer = states.findIndex(({ title }) => title === 'peer');
    const ours = shares[2]!;
    const others = summary(works.flat().map((work) => work.others)).median;
    const percent = `${Math.round(others * 100)} %`;
    console.log(`Other work used ${percent} of the CPUs (median of all windows).`);
    return {
      measure: `${measure}, throughput kept`,
      off: '1',
      floor: range(shares[1]!),
      ours: `${range(ours)}, CPU × ${range(pairs(costs[2]!, costs[0]!))}`,
      ...(peer >= 0 && { peer: range(shares[peer]!) }),
      goal: `≥ ${goal}`,
      reached:
        others > mostOthers
          ? `undecided: other work used ${percent} of the CPUs`
          : verdict(ours, (share) => share >= goal),
    };
  } finally {
    await running.close();
  }
}
