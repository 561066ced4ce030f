import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { catalogue, schedule } from './catalogue.mjs';
import { perform } from './scenario.mjs';
import { type Stack, startStack } from './stack.mjs';

const { parallel, sequential } = schedule([...catalogue.keys()]);

/** The page that the notification links to names the function that burns the CPU. */
const flameGraph = /flame graph +perform_spin is in http:\/\/127\.0\.0\.1:\d+\/flamegraph\?at=\d+&window=5m/;

// Shows the timeline of a failed scenario only; npm run test:scenarios prints all of them.
describe(
  'scenarios: the notification names the culprit',
  needs({
    root: true,
    bpf: true,
    commands: ['prometheus', 'prometheus-alertmanager'],
  }),
  () => {
    let stack: Stack;
    beforeAll(async () => {
      stack = await startStack({ recorder: true });
    });
    afterAll(() => stack?.stop());

    const follow = async (name: string, { signal, skip }: TestContext) => {
      if (catalogue.get(name)!.slow) skip('it takes minutes: npm run test:scenarios');
      const timeline: string[] = [];
      const { result, reason } = await perform(catalogue.get(name)!, stack, (line) => timeline.push(line), signal);
      if (result === 'skipped') skip(reason);
      if (result === 'failed') throw new Error([reason, ...timeline].join('\n'));
      if (name === 'cpu_high') expect(timeline.join('\n')).toMatch(flameGraph);
    };

    for (const name of parallel) test.concurrent(name, (context) => follow(name, context));
    for (const name of sequential) test(name, (context) => follow(name, context));
  },
);
