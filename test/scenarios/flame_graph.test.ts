import { describe, expect, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { catalogue } from './catalogue.mjs';
import { perform } from './scenario.mjs';
import { startStack } from './stack.mjs';

describe(
  'the notification of cpu_high links to a flame graph that names the function',
  needs({ root: true, bpf: true, commands: ['prometheus', 'prometheus-alertmanager'] }),
  () => {
    const identities = ['command', 'unit,command', 'namespace,pod,container'];
    test.for(identities)('identity %s', async (identity, { signal }) => {
      const stack = await startStack({ identity, recorder: true });
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
