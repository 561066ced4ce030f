import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { catalogue, schedule } from './catalogue.mjs';
import { perform } from './scenario.mjs';
import { type Stack, startStack } from './stack.mjs';

// flame_graph.test.ts follows cpu_high, to its flame graph.
const { parallel, sequential } = schedule([...catalogue.keys()].filter((name) => name !== 'cpu_high'));

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
      stack = await startStack();
    });
    afterAll(() => stack?.stop());

    const follow = async (name: string, { signal, skip }: TestContext) => {
      if (catalogue.get(name)!.slow) skip('it takes minutes: npm run test:scenarios');
      const timeline: string[] = [];
      const { result, reason } = await perform(catalogue.get(name)!, stack, (line) => timeline.push(line), signal);
      if (result === 'skipped') skip(reason);
      if (result === 'failed') throw new Error([reason, ...timeline].join('\n'));
    };

    for (const name of parallel) test.concurrent(name, (context) => follow(name, context));
    for (const name of sequential) test(name, (context) => follow(name, context));
  },
);
