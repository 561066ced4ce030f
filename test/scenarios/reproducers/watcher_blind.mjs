import { instance } from '../stack.mjs';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'the exporter is killed',
  expected: [{ alert: 'SantaExporterDown', labels: { instance }, culprit: instance }],
  last: true,
  symptom: 'up{job="santabpf"} == 0',
  begin(_, { exporter }) {
    exporter.kill('SIGKILL');
  },
};
