import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseProbeFile } from '../../src/config/probe_file.js';
import { withFolder } from './configuration_folder.js';

/** Numbers from 0 to below 1, the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '\t',
  '"',
  "'",
  '&a ',
  '*a',
  '<<: ',
  '!x ',
  '|',
  '0x',
  'é',
  '\u2028',
  '#',
  '~',
];

test('a damaged probe file is either valid or a list of faults with places in it, never a crash', () => {
  const source = numbers(7);
  const below = (limit: number) => Math.floor(source.next().value * limit);
  const probes = readdirSync('config/probes');
  let refused = 0;
  for (let round = 0; round < 150; round++) {
    const file = probes[below(probes.length)]!;
    let text = readFileSync(join('config/probes', file), 'utf8');
    for (let damage = 0; damage <= below(3); damage++) {
      const place = below(text.length);
      text = text.slice(0, place) + (below(2) ? pieces[below(pieces.length)] : '') + text.slice(place + below(12));
    }
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
