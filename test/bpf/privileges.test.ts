import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedProbePath } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** Users without an account. */
const person = '4242424242';
const another = '4242424243';

// The probe ignores CAP_SETUID here, so a test process can become root without an exploit.
const config = `probes: [{ probe: privileges, constants: { root_capabilities: 0x200000 } }]
probe_path: ["${shippedProbePath}"]
`;

describe('privileges', needs({ root: true, bpf: true, commands: ['setcap'] }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config }, [['execs', another], ['execs'], ['forks'], ['exits', '0']]);
  });
  afterAll(() => truth?.stop());

  /** A set-uid copy of the workload. */
  function powerful(name: string): string {
    const file = join(truth.workload.folder, name);
    copyFileSync(truth.workload.file, file);
    chmodSync(file, 0o4755);
    return file;
  }

  /** A script that executes a copy with capabilities. */
  function granted(name: string, capability: string): string {
    const file = join(truth.workload.folder, name);
    copyFileSync(truth.workload.file, file);
    execFileSync('setcap', [`${capability}+ep`, file]);
    const script = `${file}.sh`;
    writeFileSync(script, `#!/bin/sh\nexec ${file} nothing\n`, { mode: 0o755 });
    return script;
  }

  test('counts executions of set-uid root files by login, user and command', async () => {
    const file = powerful('gt-setuid');
    const measured = await truth.measureAll(
      ['--login', person, 'execs', 100, person, file],
      ['--login', person, 'execs', 50, another, file],
      ['execs', 25, person, file],
    );
    expect(measured.growths('privilege_gains_total', { command: 'gt-setuid' })).toEqual({
      [`user="${person}",login="${person}",way="setuid_file"`]: 100,
      [`user="${another}",login="${person}",way="setuid_file"`]: 50,
      [`user="${person}",login="none",way="setuid_file"`]: 25,
    });
  });

  test('labels by the target of a link, even if the link has a trusted name', async () => {
    const file = powerful('gt-behind');
    const link = join(truth.workload.folder, 'sudo');
    symlinkSync(file, link);
    const measured = await truth.measure('--login', person, 'execs', 20, person, link);
    expect(measured.growths('privilege_gains_total', { login: person })).toEqual({
      [`command="gt-behind",user="${person}",way="setuid_file"`]: 20,
    });
  });

  test('counts neither root nor ordinary programs', async () => {
    const file = powerful('gt-by-root');
    const measured = await truth.measureAll(
      ['--login', person, 'execs', 50, '0', file],
      ['--login', person, 'execs', 50, person, truth.workload.named('gt-plain')],
      ['--comm', 'gt-forks', '--login', person, 'forks', 50],
      ['--comm', 'gt-threads', '--login', person, 'threads', 50],
    );
    expect(measured.growths('privilege_gains_total', { login: person })).toEqual({});
  });

  test('counts files with capabilities that suffice to become root', async () => {
    const admin = granted('gt-admin', 'cap_sys_admin');
    const network = granted('gt-network', 'cap_net_raw');
    const measured = await truth.measureAll(
      ...[admin, network].map((script) => ['--login', person, 'execs', 40, another, script]),
    );
    expect(measured.growths('privilege_gains_total', { login: person })).toEqual({
      [`command="gt-admin",user="${another}",way="file_capabilities"`]: 40,
    });
  });

  test.each(['exit', 'exec'])(
    'counts processes that become root without a privileged file, at their %s',
    async (end) => {
      const measured = await truth.measure('--login', person, '--comm', `gt-${end}`, 'turns-to-root', 60, another, end);
      expect(measured.growths('privilege_gains_total', { command: `gt-${end}` })).toEqual({
        [`user="${another}",login="${person}",way="without_exec"`]: 60,
      });
    },
  );
});

describe('privileges with more processes than labels', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    const small = config.replace(' }]', ', maps: { pasts: { max_entries: 1 } } }]');
    truth = await GroundTruth.start({ config: small }, [
      ['execs', another],
      ['execs', person],
    ]);
  });
  afterAll(() => truth?.stop());

  test.each(['exit', 'exec'])('count gains at their %s all the same', async (end) => {
    const measured = await truth.measure('--login', person, '--comm', `gt-${end}`, 'turns-to-root', 60, another, end);
    expect(measured.growth('privilege_gains_total', { login: person, way: 'without_exec' })).toBe(60);
    expect(measured.growth('lost_updates_total', { probe: 'privileges' })).toBe(0);
  });
});
