import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompileScript } from '../../src/config/compiled_script.js';
import { kernelIdentity } from '../../src/config/kernel_identity.js';
import { readConfiguration } from '../../src/config/load.js';
import { isUnchanged } from '../../src/config/unchanged.js';
import { withFolder } from './configuration_folder.js';

/** The names of the kernel, as the kernel itself writes them. */
const own = (name: string) => readFileSync(`/proc/sys/kernel/${name}`, 'utf8').trim();

const compile: CompileScript = () => ({
  object: Uint8Array.of(1),
  programs: undefined,
  mapSettings: undefined,
  maps: [
    {
      name: 'script',
      labels: [],
      metrics: [{ name: 'script_total', type: 'counter', help: 'x', map: 'script', labels: {} }],
    },
  ],
  notices: [],
});

describe('the identity of a kernel', () => {
  it('has its release and its build, which another kernel does not share', () => {
    expect(kernelIdentity()).toBe(`${own('osrelease')} ${own('version')}`);
  });

  it('decides whether a configuration with a script is read again, and no other', () =>
    withFolder(
      {
        'santabpf.yaml': 'probes: [./counted.bt]\nprobe_path: [.]\n',
        'counted.bt': 'begin { @ = 1; }',
        'plain.yaml': `probes: [execs]\nprobe_path: [${resolve('config/probes')}]\n`,
      },
      (folder) => {
        const file = join(folder, 'santabpf.yaml');
        const read = readConfiguration(file, { compile });
        expect(read.kernel).toBe(kernelIdentity());
        expect(isUnchanged(read, file)).toBe(true);
        expect(isUnchanged({ ...read, kernel: `${own('osrelease')} #1 another build` }, file)).toBe(false);
        expect(readConfiguration(join(folder, 'plain.yaml'), {}).kernel).toBeUndefined();
      },
    ));
});
