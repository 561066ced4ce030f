import { describe, expect, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { catalogue } from './catalogue.mjs';
import { perform } from './scenario.mjs';
import { startStack } from './stack.mjs';

describe(
  'the notification of cpu_high links to a flame graph that names the function',
  needs({ root: true, bpf: true, commands: ['prometheus', 'prometheus-alertmanager'] }),
  () => {
    // npm run test:scenarios does the same with other identities.
    test('by unit and command', async ({ signal }) => {
      const stack = await startStack({ identity: 'unit,command', recorder: true });
      try {
        const timeline: string[] = [];
        const outcome = await perform(catalogue.get('cpu_high')!, stack, (line) => timeline.push(line), signal);
        expect(outcome.result, [outcome.reason, ...timeline].join('\n')).toBe('passed');
        expect(timeline.join('\n')).toMatch(
          /flame graph +perform_spin is in http:\/\/127\.0\.0\.1:\d+\/flamegraph\?at=\d+&window=5m/,
        );
      } finally {
        await stack.stop();
      }
    });
  },
);
