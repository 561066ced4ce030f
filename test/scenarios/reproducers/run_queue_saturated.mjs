import { availableParallelism } from 'node:os';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a renderer starts sixteen workers for each CPU',
  expected: [{ alert: 'SantaRunQueueSaturated', culprit: 'render-worker' }],
  sign: 'instance:santabpf_tasks_waiting:rate1m > 8',
  begin(life) {
    const renderer = life.named('render-worker');
    for (let worker = 0; worker < 16 * availableParallelism(); worker++) {
      life.run(renderer, ['--comm', 'render-worker', 'spin', '600000']);
    }
  },
};
