import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testPython } from '../../../setup/test_python.mjs';
import { burn } from '../burners.mjs';

const trainer = `def train_model(size):
    x = 0
    for i in range(size): x = (x * 31 + i) & 0xffff
    return x
while True: train_model(10**6)
`;
const python = testPython(join(dirname(fileURLToPath(import.meta.url)), '../../..'));

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a job in Python trains a model in four processes for each CPU',
  expected: [{ alert: 'SantaCpuHigh', culprit: 'model-trainer' }],
  symptom: 'instance:santabpf_cpu_busy:ratio1m > 0.85',
  hotFunction: 'train_model',
  slow: true,
  unsupported: () => (python === undefined ? 'no Python 3.13: npm test unpacks one' : undefined),
  begin(workspace) {
    const script = workspace.script('trainer.py', trainer, '/usr/bin/python3');
    burn(workspace, 'model-trainer', [...(python ?? []), script]);
  },
};
