import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.js';
import { capabilities, root, text } from './project.js';

const folder = 'deployments/systemd';

/** The values of a setting in file order. A backslash at the end of a line continues it. */
function settings(file: string, name: string): string[] {
  const lines = text(`${folder}/${file}`).replaceAll('\\\n', ' ').split('\n');
  return lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
}

describe('santabpf.service', () => {
  test('runs the exporter with valid flags', () => {
    const [program, script, ...flags] = settings('santabpf.service', 'ExecStart')[0]!.split(/\s+/);
    expect([program, script]).toEqual(['/usr/bin/node', '/opt/santabpf/dist/main.js']);
    expect(flags.pop()).toBe('$SANTABPF_OPTIONS');
    expect(parseArguments(flags)).toMatchObject({
      action: 'serve',
      configFile: '/etc/santabpf/santabpf.yaml',
      btfFile: '/sys/kernel/btf/vmlinux',
      log: { format: 'json' },
    });
  });
  test('has the same capabilities as other deployments', () => {
    const expected = [capabilities.map((name) => `CAP_${name}`).join(' ')];
    expect(settings('santabpf.service', 'AmbientCapabilities')).toEqual(expected);
    expect(settings('santabpf.service', 'CapabilityBoundingSet')).toEqual(expected);
  });
  test('runs as the user that sysusers creates', () => {
    const [user] = settings('santabpf.service', 'User');
    expect(text(`${folder}/santabpf.sysusers`)).toMatch(new RegExp(`^u ${user} `, 'm'));
  });
  test('allows the exporter time to finish its scrapes before it is killed', () => {
    expect(Number(settings('santabpf.service', 'TimeoutStopSec')[0])).toBeGreaterThan(10);
  });
});

test.each(readdirSync(join(root, folder, 'drop-ins')))(
  'drop-in %s has the same ambient and bounding capabilities',
  (file) => {
    const granted = settings(`drop-ins/${file}`, 'AmbientCapabilities');
    expect(granted).toHaveLength(1);
    expect(settings(`drop-ins/${file}`, 'CapabilityBoundingSet')).toEqual(granted);
  },
);

test('the example flags in /etc/default/santabpf are valid', () => {
  const proposed = [...text(`${folder}/santabpf.default`).matchAll(/SANTABPF_OPTIONS="(.+)"/g)];
  expect(proposed.length).toBeGreaterThan(1);
  for (const [, flags] of proposed) expect(() => parseArguments(flags!.split(' '))).not.toThrow();
});
