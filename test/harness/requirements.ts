import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

declare module 'vitest' {
  interface TaskMeta {
    /** Why this suite or test is skipped on this machine; the closing report lists it. */
    lacks?: string;
  }
}

/** The requirements of a suite besides Node.js. */
export interface Requirements {
  /** User id 0. */
  readonly root?: boolean;
  /** Loading BPF programs: CAP_BPF or CAP_SYS_ADMIN, and kernel types (BTF). */
  readonly bpf?: boolean;
  /** Commands on the PATH. */
  readonly commands?: readonly string[];
  /** Absolute paths of files or folders. */
  readonly files?: readonly string[];
}

/** The machine to check; a parameter for the tests of this file. */
export interface Machine {
  readonly uid: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly proc: string;
  readonly sys: string;
}

const thisMachine: Machine = { uid: process.getuid?.() ?? -1, environment: process.env, proc: '/proc', sys: '/sys' };

const capSysAdmin = 21n;
const capBpf = 39n;

/**
 * Options for `describe` or `test`: `describe('scrape', needs({ bpf: true, commands: ['promtool'] }), () => ...)`.
 * If the machine does not meet the requirements, the suite is skipped and the closing report shows the reason. With CI=true
 * it throws instead, because a test skipped in CI never runs.
 */
export function needs(requirements: Requirements, machine: Machine = thisMachine) {
  const lacks = lackingOf(requirements, machine);
  if (lacks.length === 0) return {};
  const reason = `needs ${lacks.join(', ')}`;
  if (machine.environment.CI === 'true') throw new Error(`In CI no test may be skipped, but a suite ${reason}`);
  return { skip: true, meta: { lacks: reason } };
}

/** Descriptions of the requirements that the machine does not meet; empty if it meets all. */
export function lackingOf(requirements: Requirements, machine: Machine = thisMachine): string[] {
  const lacks: string[] = [];
  if (requirements.root && machine.uid !== 0) lacks.push('root');
  if (requirements.bpf) {
    const capabilities = effectiveCapabilities(machine.proc);
    if ((capabilities & ((1n << capBpf) | (1n << capSysAdmin))) === 0n) lacks.push('CAP_BPF (run as root)');
    if (!existsSync(join(machine.sys, 'kernel/btf/vmlinux'))) lacks.push('a kernel with BTF');
  }
  const folders = (machine.environment.PATH ?? '').split(delimiter);
  for (const command of requirements.commands ?? []) {
    if (!folders.some((folder) => isExecutable(join(folder, command)))) lacks.push(`the command ${command}`);
  }
  for (const file of requirements.files ?? []) if (!existsSync(file)) lacks.push(file);
  return lacks;
}

function effectiveCapabilities(proc: string): bigint {
  try {
    const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(join(proc, 'self/status'), 'utf8'));
    return BigInt(`0x${line?.[1] ?? '0'}`);
  } catch {
    return 0n;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return !isFolder(path);
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
