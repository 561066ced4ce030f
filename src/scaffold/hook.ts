/** What a person names as a hook, in the words of scripts: `tracepoint:syscalls:sys_enter_fsync`. */
import { fault } from '../errors/fault.js';
import { nearest } from '../nearest.js';

export interface Hook {
  /** In a script. */
  readonly text: string;
  readonly kind: string;
  /** What is hooked, for sentences: `fsync`, `vfs_read`, `/bin/bash:readline`. */
  readonly subject: string;
  /** The hook at the end of what begins at this one; undefined for events that have no end. */
  readonly end: string | undefined;
  /** The section of a program in C; undefined if a section name cannot say it. */
  readonly section: string | undefined;
}

/** By kind: the parts that follow it. */
const kinds: Readonly<Record<string, string>> = {
  tracepoint: 'CATEGORY:NAME',
  rawtracepoint: 'NAME',
  kprobe: 'FUNCTION',
  kretprobe: 'FUNCTION',
  fentry: 'FUNCTION',
  fexit: 'FUNCTION',
  uprobe: 'BINARY:SYMBOL',
  uretprobe: 'BINARY:SYMBOL',
  usdt: 'BINARY:PROVIDER:NAME',
  profile: 'hz:99',
  software: 'EVENT:COUNT',
  hardware: 'EVENT:COUNT',
};

/** The hook at the return of what a hook of this kind enters. */
const returns: Readonly<Record<string, string>> = { kprobe: 'kretprobe', fentry: 'fexit', uprobe: 'uretprobe' };

/**
 * @param text as in a script
 * @param exists whether the kernel has a tracepoint
 * @throws SantaError ARGUMENT_INVALID for a kind that nobody knows; whether the hook exists is not known here
 */
export function parseHook(text: string, exists: (tracepoint: string) => boolean): Hook {
  const [kind = '', ...parts] = text.split(':');
  const form = Object.hasOwn(kinds, kind) ? kinds[kind]! : undefined;
  if (form === undefined) {
    const near = nearest(kind, Object.keys(kinds));
    const hint = near ? `did you mean ${near}:${kinds[near]}?` : `kinds of hooks: ${Object.keys(kinds).join(', ')}`;
    throw fault('ARGUMENT_INVALID', { problem: `"${text}" is no hook; ${hint}` });
  }
  if (parts.length < form.split(':').length || parts.includes(''))
    throw fault('ARGUMENT_INVALID', { problem: `"${text}" is not complete: ${kind}:${form}` });
  const rest = parts.join(':');
  if (kind === 'tracepoint') return tracepoint(text, rest, exists);
  const end = returns[kind];
  return {
    text,
    kind,
    subject: rest,
    end: end && `${end}:${rest}`,
    section: sectionOf(kind, rest),
  };
}

function tracepoint(text: string, rest: string, exists: (tracepoint: string) => boolean): Hook {
  const [, call] = /^syscalls:sys_enter_(\w+)$/.exec(rest) ?? [];
  const end = call === undefined ? undefined : `syscalls:sys_exit_${call}`;
  return {
    text,
    kind: 'tracepoint',
    subject: call ?? rest,
    end: end !== undefined && exists(end) ? `tracepoint:${end}` : undefined,
    section: `tracepoint/${rest.replace(':', '/')}`,
  };
}

function sectionOf(kind: string, rest: string): string | undefined {
  switch (kind) {
    case 'rawtracepoint':
      return `raw_tp/${rest}`;
    case 'kprobe':
    case 'kretprobe':
    case 'fentry':
    case 'fexit':
    case 'uprobe':
    case 'uretprobe':
      return `${kind}/${rest}`;
    default:
      return undefined;
  }
}
