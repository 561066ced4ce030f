/** Hooks as text for people. */
import { columns, section, sections } from '../output/columns.js';
import type { Paint } from '../output/paint.js';
import type { CountedHook } from './counting.js';
import type { FoundHook, HookKind, HookList } from './found_hook.js';

const titles: Readonly<Record<HookKind, string>> = {
  tracepoint: 'Tracepoints, with their fields (args.NAME)',
  rawtracepoint: 'Raw tracepoints, with their arguments',
  fentry: 'Kernel functions, with their arguments (fentry; fexit has the result too)',
  uprobe: 'Functions of the file (uprobe; uretprobe when they end)',
  usdt: 'USDT probes of the file',
};

interface Style {
  readonly paint: Paint;
  /** Characters of a line. */
  readonly width: number;
}

/** @param next the command to type next; undefined if nothing was found */
export function listReport(lists: readonly HookList[], next: string | undefined, { paint, width }: Style): string {
  return sections([
    ...lists.map(({ kind, count, hooks, lack }) => {
      const title = `${paint('bold', titles[kind])}: ${count}`;
      const more = count - hooks.length;
      return section(title, [
        ...columns(
          hooks.map((hook) => [hook.name, signature(hook)]),
          width,
        ),
        ...(more > 0 ? [`  and ${more} more: narrow the pattern, or raise --most`] : []),
        ...(lack === undefined ? [] : [`  none: ${lack}`]),
        ...(count === 0 && lack === undefined ? ['  none'] : []),
      ]);
    }),
    next === undefined ? '' : `Next: ${paint('bold', next)}\n`,
  ]);
}

function signature({ arguments: list, result }: FoundHook): string {
  const text = list.join(', ');
  return result === undefined ? text : `(${text}) → ${result}`;
}

/**
 * The most frequent hook first; those that could not be counted last.
 * @param hook for which the next commands are
 */
export function countReport(counted: readonly CountedHook[], seconds: number, hook: string, paint: Paint): string {
  const rates = counted.flatMap((hook) => ('count' in hook ? [hook] : [])).sort((a, b) => b.count - a.count);
  const failed = counted.flatMap((hook) => ('reason' in hook ? [hook] : []));
  const digits = Math.max(0, ...rates.map(({ perSecond }) => perSecond.toFixed(1).length));
  return sections([
    section(
      paint('bold', `Events per second, counted for ${seconds} s`),
      columns(
        rates.map(({ name, count, perSecond }) => [perSecond.toFixed(1).padStart(digits), name, `${count} events`]),
      ),
    ),
    section('Not counted', byReason(failed)),
    `Or without a file: ${oneLiner(hook)}\nNext: ${paint('bold', newProbe(hook))}\n`,
  ]);
}

const mostNamed = 3;

/** Hooks with the same reason on one line. */
function byReason(failed: readonly { readonly name: string; readonly reason: string }[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, reason } of failed) {
    const text = reason.replace(/ program "[^"]+"/, ' the program');
    groups.set(text, [...(groups.get(text) ?? []), name]);
  }
  return [...groups].flatMap(([reason, names]) => {
    const more = names.length - mostNamed;
    return [`  ${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}:`, `    ${reason}`];
  });
}

/** What makes metrics of a hook: the files of a probe. */
export function newProbe(hook: string): string {
  const last = hook
    .split(':')
    .at(-1)!
    .replace(/^sys_(?:enter|exit)_/, '');
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .replace(/^(?=[^a-z])/, 'probe_');
  return `santabpf new ${name} --hook='${hook}'`;
}

/** A script that counts a hook by command, as an argument of a shell. */
export function oneLiner(hook: string): string {
  return `santabpf --script '${hook} { @[comm] = count(); }'`;
}
