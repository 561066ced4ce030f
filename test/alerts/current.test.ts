import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { files } from '../../alerts/src/index.js';
import { loadParameters, shippedParameters } from '../../alerts/src/parameter_file.js';
import { repository } from './rule_files.js';

const folder = join(repository, 'alerts/rules');
const current = files(loadParameters(shippedParameters));

test.each([...current])('alerts/rules/%s is up to date (npm run alerts writes it)', async (name, content) => {
  await expect(content).toMatchFileSnapshot(join(folder, name));
});

test('there are no other rule files', () => {
  expect(readdirSync(folder).sort()).toEqual([...current.keys()].sort());
});
