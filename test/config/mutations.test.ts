import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseProbeFile } from '../../src/config/probe_file.js';
import { damagedText, oneOf } from '../fuzz/damage.js';
import { yamlPieces } from '../fuzz/yaml_pieces.js';
import { randomNumbers } from '../harness/random.js';
import { withFolder } from './configuration_folder.js';

test('a damaged probe file is either valid or a list of faults with places in it, never a crash', () => {
  const random = randomNumbers(7);
  const probes = readdirSync('config/probes');
  let refused = 0;
  for (let round = 0; round < 150; round++) {
    const file = oneOf(random, probes);
    const damaged = damagedText(random, readFileSync(join('config/probes', file), 'utf8'), yamlPieces);
    // Half a character cannot be written to a file.
    const text = Buffer.from(damaged).toString();
    const parsed = withFolder({ [file]: text }, (folder) => parseProbeFile(join(folder, file)));
    if (parsed.faults.length === 0) continue;
    refused++;
    for (const { location, message } of parsed.faults) {
      expect(message).toMatch(/^[A-Za-z`"].*[^.]$/s);
      expect(message).not.toMatch(/\{(?:path|value)\}|\bundefined\b/);
      expect(basename(location!.file)).toBe(file);
      expect(text.split('\n')[location!.line - 1]?.replace(/\r$/, '')).toBe(location!.excerpt);
      expect(location!.column).toBeLessThanOrEqual(location!.excerpt!.length + 1);
    }
  }
  expect(refused).toBeGreaterThan(40);
}, 30_000);
