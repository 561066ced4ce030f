/** Why a runtime case says nothing about values of scripts here. */
import { rewritten } from '../../../src/script/syntax/rewriting.js';
import type { Script } from '../../../src/script/syntax/tree.js';
import type { Expectation, RuntimeCase } from './case_reader.js';

const processors: Readonly<Partial<Record<NodeJS.Architecture, readonly string[]>>> = {
  x64: ['x86_64', 'le'],
  arm64: ['aarch64', 'le'],
};

/** Providers that the language here does not have, and those that need a kernel with kprobes. */
const providers: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(?:k|kr|kprobe|kretprobe|f|fr|fentry|fexit|kfunc|kretfunc)$/, 'this kernel has no kprobes and no fentry'],
  [/^(?:h|hardware)$/, 'this machine has no hardware events'],
  [/^(?:w|aw|watchpoint|asyncwatchpoint)$/, 'watchpoints are not supported'],
  [/^(?:bench|test|self)$/, "bpftrace's own tests and benchmarks"],
];

/** What docs/scripts.md refuses or leaves out because an exporter does not do it. */
const refused: Readonly<Record<string, string>> = {
  system: 'changes the host',
  signal: 'changes the host',
  signal_thread: 'changes the host',
  override: 'changes the host',
  strftime: 'a time as text',
  time: 'a time as text',
  tseries: 'series over time',
  cat: 'prints a file',
  join: 'prints only',
  errorf: 'prints only',
  warnf: 'prints only',
  debugf: 'prints only',
  clear: 'a metric keeps counting',
  zero: 'a metric keeps counting',
  ustack: 'user stacks',
  usym: 'user symbols',
  path: 'paths from the kernel',
  skboutput: 'writes packets',
  unwatch: 'watchpoints are not supported',
  config: 'newer than bpftrace 0.26',
  __builtin_cpid: 'the child of bpftrace',
  cpid: 'the child of bpftrace',
};

const isMessage = ({ text }: Expectation) => /\b(?:WARNING|ERROR|HINT|USAGE|DEBUG|Additional Info)\b/.test(text);

/** Without what bpftrace says beside values. */
export function valueExpectations({ expectations }: RuntimeCase): Expectation[] {
  return expectations.filter((each) => !isMessage(each));
}

/** About what bpftrace prints, and no value. */
const otherForms: readonly (readonly [pattern: RegExp, reason: string])[] = [[/print_maps_on_exit/, 'prints only']];

/** By the text of the script, for a case that has failed; undefined: it is a fault. */
export function otherForm(script: string): string | undefined {
  return otherForms.find(([pattern]) => pattern.test(script))?.[1];
}

/** By the directives alone; undefined: they say nothing against it. */
export function unsuitableCase(runtimeCase: RuntimeCase, architecture: NodeJS.Architecture): string | undefined {
  const { architectures, fails, ownProcessNamespace, features, expectations } = runtimeCase;
  const own = processors[architecture] ?? [];
  const wanted = architectures.filter((each) => !each.startsWith('!'));
  if (wanted.length > 0 && !wanted.some((each) => own.includes(each))) return 'another processor';
  if (own.some((each) => architectures.includes(`!${each}`))) return 'another processor';
  if (fails) return 'checks a message of bpftrace';
  if (ownProcessNamespace) return 'needs a process namespace';
  if (features.includes('dwarf')) return 'types by DWARF';
  if (features.some((each) => !each.startsWith('!') && each !== 'btf' && each !== 'lookup_percpu_elem'))
    return `needs ${features.join(', ')}`;
  if (expectations.some(({ mode, text }) => mode === 'file' && !text.endsWith('.txt'))) return 'output as JSON';
  if (Number(runtimeCase.environment.get('BPFTRACE_MAX_STRLEN') ?? 0) > longestText) return 'texts of over 1024 bytes';
  if (expectations.some(({ text }) => /\\\.\\\.$|_xxx$/.test(text))) return 'the mark of a cut text';
  return valueExpectations(runtimeCase).length === 0 ? 'checks a message of bpftrace' : undefined;
}

const longestText = 1024;

/** By its probes; undefined: they can run here. */
export function unsuitableProbes({ probes }: Script): string | undefined {
  for (const { points } of probes) {
    for (const { provider } of points) {
      const found = providers.find(([pattern]) => pattern.test(provider));
      if (found !== undefined) return found[1];
    }
  }
  return undefined;
}

/** By the functions and names in it; undefined: none of them is refused on principle. */
export function refusedPart(script: Script): string | undefined {
  let reason: string | undefined;
  rewritten(script.probes, (node) => {
    if (node.kind === 'call' || node.kind === 'name') {
      const { name } = node as unknown as { readonly name: string };
      if (Object.hasOwn(refused, name)) reason ??= `${name}: ${refused[name]}`;
    }
    if (node.kind === 'positional') reason ??= 'positional parameters';
    if (node.kind === 'string' && /%g/.test((node as unknown as { readonly value: string }).value))
      reason ??= 'prints flags by name';
    return node;
  });
  return reason;
}

/** By what the parser says; undefined: it is a fault. */
export function refusedSyntax(message: string): string | undefined {
  if (message.includes('#include is not supported')) return '#include';
  if (message.includes('import is not supported')) return 'import';
  return message.includes('Functions are not supported') ? 'functions' : undefined;
}
