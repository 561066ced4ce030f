import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { files } from '../../dashboards/src/index.js';

const folder = new URL('../../dashboards/', import.meta.url);

test.each([...files()])('dashboards/%s is up to date (npm run dashboards writes it)', async (name, content) => {
  await expect(content).toMatchFileSnapshot(new URL(name, folder).pathname);
});

test('there are no other dashboards', () => {
  const found = readdirSync(folder).filter((name) => name.endsWith('.json'));
  expect(found.sort()).toEqual([...files().keys()].sort());
});
