/** Which hooks a person asks for. */
import { usageFault } from '../../cli/command.js';
import { isPattern, matchesPattern } from '../../kernel/attach/name_pattern.js';
import { nearest } from '../../nearest.js';
import { HOOK_KINDS, type HookKind } from './found_hook.js';

export interface WantedHooks {
  /** Only of this kind. */
  readonly kind?: HookKind;
  /** @param name without the kind, such as `sched:sched_switch` */
  matches(name: string): boolean;
}

const kindsByName: Readonly<Record<string, HookKind>> = {
  ...Object.fromEntries(HOOK_KINDS.map((kind) => [kind, kind])),
  t: 'tracepoint',
  rt: 'rawtracepoint',
  raw_tp: 'rawtracepoint',
  tp_btf: 'rawtracepoint',
  f: 'fentry',
  fexit: 'fentry',
  kprobe: 'fentry',
  function: 'fentry',
  u: 'uprobe',
  U: 'usdt',
};

/**
 * Reads `sched:*`, `*fsync*`, `tracepoint:syscalls:*` or a part of a name. A text without `*` and `?` matches what has it in its name.
 * @throws Faults ARGUMENT_INVALID if it names a kind that does not exist
 */
export function wantedHooks(pattern: string): WantedHooks {
  const [prefix = '', ...rest] = pattern.split(':');
  const kind = rest.length > 0 && Object.hasOwn(kindsByName, prefix) ? kindsByName[prefix] : undefined;
  if (kind === undefined && rest.length > 1) {
    const near = nearest(prefix, HOOK_KINDS);
    throw usageFault(
      `"${prefix}" is no kind of hook; the kinds are ${HOOK_KINDS.join(', ')}${near ? `. Did you mean "${near}"?` : ''}`,
    );
  }
  const text = kind === undefined ? pattern : rest.join(':');
  const whole = isPattern(text) ? text : `*${text}*`;
  // A pattern without a colon is about the last part of a name, such as that of a tracepoint without its category.
  const matches = (name: string) =>
    matchesPattern(whole, name) ||
    (!text.includes(':') && matchesPattern(whole, name.slice(name.lastIndexOf(':') + 1)));
  return { ...(kind && { kind }), matches };
}
