import { entry } from './entry.js';

/** What this kernel refuses: another configuration of the probe does not help. */
export const kernelFaults = {
  PROGRAM_REJECTED: entry(
    (p: { program: string; release: string; errno: string; lines: string }) =>
      `Expected Linux ${p.release} to accept program "${p.program}" but its verifier answered ${p.errno}:\n${p.lines}`,
    'The whole verifier log is printed with --log.level=debug.',
  ),
  PROGRAM_FORBIDDEN: entry(
    (p: { program: string; release: string }) =>
      `Expected Linux ${p.release} to load program "${p.program}" but a policy of this host forbids it (EPERM without a verifier log)`,
    'Check the lockdown mode, LSM policy and sandbox of this host; programs of type fentry, fexit and lsm are often forbidden where tracepoints are not.',
  ),
  HOOK_MISSING: entry(
    (p: { program: string; section: string; release: string; why: string }) =>
      `Expected the hook "${p.section}" of program "${p.program}" on Linux ${p.release} but ${p.why}`,
    'Name a program for another hook under "programs: alternatives:" in the probe file, or leave the probe out on this kernel.',
  ),
  LOAD_FAILED: entry(
    (p: { probe: string; errno: string; operation: string; lines: string }) =>
      `Expected the BPF object of probe "${p.probe}" to load but ${p.operation} answered ${p.errno}${p.lines === '' ? '' : `:\n${p.lines}`}`,
    'All messages of libbpf are printed with --log.level=debug.',
  ),
  ITERATOR_FAILED: entry(
    (p: { program: string; section: string; step: string; errno: string }) =>
      `Expected iterator "${p.program}" (${p.section}) to run to its end but ${p.step} answered ${p.errno}`,
    (p) =>
      p.errno === 'EAGAIN'
        ? 'The program must return 0: 1 asks the kernel for the same object again.'
        : 'The metrics of this probe are left out of this scrape; the next one tries again.',
  ),
} as const;
