import { burn } from '../burners.mjs';

const resizer = `function resizePicture(size) { let x = 0; for (let i = 0; i < size; i++) x = (x * 31 + i) | 0; return x; }
for (;;) resizePicture(1e7);`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a web server in Node.js resizes pictures in four processes for each CPU',
  expected: [{ alert: 'SantaCpuHigh', culprit: 'picture-server' }],
  symptom: 'instance:santabpf_cpu_busy:ratio1m > 0.85',
  hotFunction: 'resizePicture',
  slow: true,
  begin(workspace) {
    const script = workspace.script('resizer.js', resizer, process.execPath);
    burn(workspace, 'picture-server', [process.execPath, '--perf-basic-prof', script]);
  },
};
