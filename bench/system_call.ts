/** What the states add to a system call that does nothing: getppid in a C loop on one CPU. */
import { getppid } from './event_loads.js';
import type { GoalRow } from './goals.js';
import { figure, printTable, summary } from './numbers.js';
import { pairs, range, verdict } from './pairs.js';
import { inTurn } from './rounds.js';
import { type StateOptions, statesOf } from './states.js';
import { runWorkload } from './workload.js';

const rounds = 9;
const runs = 10;
/** Cost of the default set, in costs of the floor. */
const goal = 1.4;

export async function systemCall(options: StateOptions): Promise<GoalRow[]> {
  const states = statesOf(options);
  const times = await inTurn(states, rounds, leastTime);
  const [alone, withFloor] = times as [number[], number[]];
  const added = times.map((values) => pairs(values, alone, (value, base) => value - base));
  const toFloor = times.map((values) =>
    pairs(
      values.map((value, round) => value - alone[round]!),
      withFloor.map((value, round) => value - alone[round]!),
    ),
  );
  printTable(
    ['getppid', 'ns', 'added ns', '× floor'],
    states.map(({ title }, index) => [
      title,
      figure(summary(times[index]!).median),
      index === 0 ? '' : range(added[index]!, 0),
      index < 2 ? '' : range(toFloor[index]!),
    ]),
  );
  const ratio = toFloor[2]!;
  const peer = states.findIndex(({ title }) => title === 'peer');
  const plus = (index: number) => `+${figure(added[index]!.median)}`;
  return [
    {
      measure: 'getppid, ns',
      off: figure(summary(alone).median),
      floor: plus(1),
      ours: `${plus(2)}, floor × ${range(ratio)}`,
      ...(peer >= 0 && { peer: plus(peer) }),
      goal: `≤ floor × ${goal}`,
      reached: verdict(ratio, (times) => times <= goal),
    },
  ];
}

/** Nanoseconds of a call in the fastest of several short runs: other work on the machine makes runs slower, never faster. */
async function leastTime(): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push((await runWorkload(getppid)) / getppid.count);
  return Math.min(...times);
}
