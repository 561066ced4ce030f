import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { objectFolder, probeOf, refusal, withFolder } from './configuration_folder.js';

test('all faults of the main file and every probe file are reported at once, in the order of the files', () => {
  const text = refusal({
    'main.yaml': 'probes: [q, p, nosuch, 5]\nseries_limit: 0\nlimit: 5\n',
    'probes/p.yaml': probeOf({ name: 'things', expire: 'soon' }),
    'probes/q.yaml': 'probe: q\nsummary: x\nmetrics:\n  - name: a b\n\tc\n',
  });
  expect(`\n${text}\n`).toMatchSnapshot();
});

test('a folder or a device instead of a file is refused at once', () => {
  withFolder({}, (folder) => {
    mkdirSync(join(folder, 'main.yaml'));
    symlinkSync('/dev/zero', join(folder, 'device.yaml'));
    const of = (name: string) => () => loadConfiguration(join(folder, name), { objectFolder });
    expect(of('main.yaml')).toThrow(/main\.yaml": it is a folder \[CONFIG_UNREADABLE\]/);
    expect(of('device.yaml')).toThrow(/: it is a device or a pipe, not a regular file/);
  });
});

test('nesting that the parser cannot follow is a fault, not a stack overflow', () => {
  expect(refusal({ 'main.yaml': `probes: ${'['.repeat(100_000)}` })).toMatch(/CONFIG_(TOO_COMPLEX|SYNTAX)/);
});
