import { availableParallelism } from 'node:os';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'somebody computes pi on every CPU',
  expected: [{ alert: 'SantaCpuHigh', culprit: 'pi-digits' }],
  sign: 'instance_command:santabpf_profile_samples:rate1m{command="pi-digits"} > 0',
  begin(life) {
    const pi = life.named('pi-digits');
    for (let cpu = 0; cpu < availableParallelism(); cpu++) life.run(pi, ['--comm', 'pi-digits', 'spin', '600000']);
  },
};
