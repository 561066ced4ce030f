import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** A Debian account without processes. */
const uucp = '10';
const stranger = '4242424242';

function nameOf(uid: string): string {
  return new RegExp(`^([^:]+):[^:]*:${uid}:`, 'm').exec(readFileSync('/etc/passwd', 'utf8'))?.[1] ?? uid;
}

describe('execs', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('execs') }, [['execs'], ['failing-execs', 'ENOENT']]);
  });
  afterAll(() => truth?.stop());

  test('counts executions by user, with the name of the account', async () => {
    const measured = await truth.measure('execs', 100, uucp);
    expect(measured.growth('execs_total', { user: nameOf(uucp) })).toBe(100);
  });

  test('counts executions of a user without an account', async () => {
    const measured = await truth.measure('execs', 50, stranger);
    expect(measured.growth('execs_total', { user: stranger })).toBe(50);
  });

  test('counts executions by the command after exec', async () => {
    const measured = await truth.measure('--comm', 'gt-maker', 'execs', 100, '-', truth.workload.named('gt-program'));
    expect(measured.growth('execs_total', { command: 'gt-program' })).toBe(100);
    expect(measured.growth('execs_total', { command: 'gt-maker' })).toBe(0);
  });

  test('counts a script once, by its own name', async () => {
    const script = join(truth.workload.folder, 'gt-script');
    writeFileSync(script, '#!/bin/true\n');
    chmodSync(script, 0o755);
    const measured = await truth.measure('execs', 50, uucp, script);
    expect(measured.growths('execs_total', { command: 'gt-script' })).toEqual({ [`user="${nameOf(uucp)}"`]: 50 });
  });

  test('counts failures by errno', async () => {
    const measured = await truth.measureAll(
      ['failing-execs', 3000, 'ENAMETOOLONG'],
      ['failing-execs', 1000, 'ENAMETOOLONG', 'execveat'],
      ['failing-execs', 2000, 'ENOTDIR'],
      ['failing-execs', 700, 'EACCES'],
    );
    expect(measured.growths('exec_failures_total', { errno: 'ENAMETOOLONG' })).toEqual({ '': 4000 });
    expect(measured.growths('exec_failures_total', { errno: 'ENOTDIR' })).toEqual({ '': 2000 });
    expect(measured.growths('exec_failures_total', { errno: 'EACCES' })).toEqual({ '': 700 });
  });
});
