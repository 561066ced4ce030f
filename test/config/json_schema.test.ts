import { expect, test } from 'vitest';
import { jsonSchemas } from '../../src/config/json_schema.js';

test.each(Object.entries(jsonSchemas()))('config/%s is current (npm run schema writes it)', async (name, text) => {
  await expect(text).toMatchFileSnapshot(`../../config/${name}`);
});
