import { availableParallelism } from 'node:os';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a renderer starts sixty-four workers for each CPU',
  expected: [{ alert: 'SantaRunQueueSaturated', culprit: 'render-worker' }],
  slow: true,
  symptom: 'instance:santabpf_tasks_waiting:rate1m > 8',
  begin(workspace) {
    const renderer = workspace.named('render-worker');
    for (let worker = 0; worker < 64 * availableParallelism(); worker++) {
      workspace.run(renderer, ['--comm', 'render-worker', 'spin', '600000']);
    }
  },
};
