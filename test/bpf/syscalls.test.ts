import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

// The counts are sums over all processes. They are exact for calls and errors that no other program makes.
const rare = 'sched_rr_get_interval';

describe('syscalls', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('syscalls') });
  });
  afterAll(() => truth?.stop());

  test('counts every call by name', async () => {
    const measured = await truth.measure('rare-call', 200_000);
    expect(measured.growths('syscalls_total', { syscall: rare })).toEqual({ '': 200_000 });
    expect(measured.growths('syscall_errors_total', { syscall: rare })).toEqual({});
  });

  test('counts getppid, which starting shells also call', async () => {
    const measured = await truth.measure('getppid', 100_000);
    const growth = measured.growth('syscalls_total', { syscall: 'getppid' });
    expect(growth).toBeGreaterThanOrEqual(100_000);
    expect(growth).toBeLessThan(150_000);
  });

  test('counts errors by name and errno', async () => {
    const measured = await truth.measureAll(
      ['rare-call', 3000, 'EFAULT'],
      ['rare-call', 2000, 'EINVAL'],
      ['rare-call', 1000, 'ESRCH'],
      ['rare-call', 500],
    );
    expect(measured.growths('syscalls_total', { syscall: rare })).toEqual({ '': 6500 });
    expect(measured.growths('syscall_errors_total', { syscall: rare })).toEqual({
      'errno="EFAULT"': 3000,
      'errno="EINVAL"': 2000,
      'errno="ESRCH"': 1000,
    });
  });

  test('counts failing opens by errno', async () => {
    const errors = ['EISDIR', 'ENOTDIR', 'EEXIST', 'ELOOP', 'EBADF', 'EFAULT', 'ENAMETOOLONG'];
    const measured = await truth.measureAll(...errors.map((error, index) => ['failing-open', 700 + index, error]));
    const growths = measured.growths('syscall_errors_total', { syscall: 'openat' });
    for (const [index, error] of errors.entries())
      expect.soft(growths).toHaveProperty([`errno="${error}"`], 700 + index);
  });

  test('counts refused calls by system call, errno, command and user', async () => {
    const works = [
      ['EACCES', 'setpriority', 900],
      ['EPERM', 'sethostname', 800],
      ['ENOSPC', 'write', 700],
      ['EMFILE', 'dup', 600],
      ['EDQUOT', 'add_key', 500],
    ] as const;
    const measured = await truth.measureAll(
      ...works.map(([error, , count]) => ['--comm', 'gt-refused', 'refused', count, error, 4242424242]),
      ['--comm', 'gt-failing', 'failing-open', 400, 'ENOTDIR'],
    );
    const labels = { command: 'gt-refused', user: '4242424242' };
    expect(measured.growths('refused_syscalls_total', labels)).toEqual(
      Object.fromEntries(works.map(([error, call, count]) => [`syscall="${call}",errno="${error}"`, count])),
    );
    expect(measured.growths('refused_syscalls_total', { command: 'gt-failing' })).toEqual({});
  });

  test('counts interrupted calls separately from errors', async () => {
    const measured = await truth.measure('interrupted', 5000);
    expect(measured.growths('syscall_interruptions_total', { syscall: 'ppoll' })).toEqual({ '': 5000 });
    expect(measured.growths('syscall_errors_total', { syscall: 'ppoll' })).toEqual({});
  });

  test('counts numbers without a name by reason', async () => {
    const measured = await truth.measureAll(['call', 4000, 9999], ['call', 300, 511]);
    expect(measured.growths('unnamed_syscalls_total', { reason: 'unknown_number' })).toEqual({ '': 4000 });
    expect(measured.growths('syscalls_total', { syscall: 'syscall_511' })).toEqual({ '': 300 });
    expect(measured.growths('syscall_errors_total', { syscall: 'syscall_511' })).toEqual({ 'errno="ENOSYS"': 300 });
  });

  test.runIf(process.arch === 'x64')('does not take 32-bit and x32 calls for others of their number', async () => {
    const i386Name = 64; // getppid there, semget here
    const x32Name = 0x40000000 + 67; // shmdt here
    const measured = await truth.measureAll(['call', 2500, i386Name, 'compat'], ['call', 1500, x32Name]);
    expect(measured.growths('unnamed_syscalls_total', { reason: 'compat' })).toEqual({ '': 2500 });
    expect(measured.growths('unnamed_syscalls_total', { reason: 'x32' })).toEqual({ '': 1500 });
    expect(measured.growths('syscalls_total', { syscall: 'semget' })).toEqual({});
    expect(measured.growths('syscalls_total', { syscall: 'shmdt' })).toEqual({});
  });
});
