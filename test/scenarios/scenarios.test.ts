import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { repertoire, turnsOf } from './repertoire.mjs';
import { perform } from './scenario.mjs';
import { type Stack, startStack } from './stack.mjs';

const { together, oneByOne } = turnsOf([...repertoire.keys()]);

// npm run test:scenarios prints the timelines that are kept here for what fails.
describe(
  'from an event to the notification that names the culprit',
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
      const timeline: string[] = [];
      const { result, reason } = await perform(repertoire.get(name)!, stack, (line) => timeline.push(line), signal);
      if (result === 'skipped') skip(reason);
      if (result === 'failed') throw new Error([reason, ...timeline].join('\n'));
    };

    for (const name of together) test.concurrent(name, (context) => follow(name, context));
    for (const name of oneByOne) test(name, (context) => follow(name, context));
  },
);
