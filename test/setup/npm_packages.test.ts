import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isInstalled } from '../../setup/npm_packages.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'santabpf-npm-'));
  mkdirSync(join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

type Packages = Record<string, { version?: string; optional?: boolean }>;
const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/yaml': { version: '2.9.1' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
};

function given(installed: Packages | undefined): boolean {
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (installed) writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  return isInstalled(root);
}

describe('npm packages are installed again', () => {
  test('not when all are there except those of other platforms', () => {
    expect(given({ 'node_modules/yaml': { version: '2.9.1' } })).toBe(true);
  });
  test.each<[string, Packages | undefined]>([
    ['when there are none', undefined],
    ['when one is missing', {}],
    ['when one has another version', { 'node_modules/yaml': { version: '2.9.0' } }],
    [
      'when an optional one has another version',
      { 'node_modules/yaml': { version: '2.9.1' }, 'node_modules/for-another-platform': { version: '0.9.0' } },
    ],
  ])('%s', (_, installed) => {
    expect(given(installed)).toBe(false);
  });
});
