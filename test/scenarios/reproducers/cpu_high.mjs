import { availableParallelism } from 'node:os';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a program computes digits of pi in eight processes for each CPU',
  expected: [{ alert: 'SantaCpuHigh', culprit: 'pi-digits' }],
  symptom: 'instance:santabpf_cpu_busy:ratio1m > 0.85',
  hotFunction: 'perform_spin',
  begin(workspace) {
    const pi = workspace.named('pi-digits');
    for (let process = 0; process < 8 * availableParallelism(); process++) {
      workspace.run(pi, ['--comm', 'pi-digits', 'spin', '600000', 'user']);
    }
  },
};
