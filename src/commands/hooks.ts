/** `santabpf hooks PATTERN`: where a program can be attached, what it gets there, and how often that happens. */
import { defineCommand, usageFault } from '../cli/command.js';
import { count, text } from '../cli/flags.js';
import { parseDuration } from '../config/units.js';
import { fault } from '../errors/fault.js';
import { btfToUse, inspectHost, unsuitability } from '../kernel/host.js';
import { loadAddon } from '../kernel/load_addon.js';
import { thisKernel } from '../script/resolve/running_kernel.js';
import { binaryHooks } from './hooks/binary_hooks.js';
import { type CountedHook, countHooks } from './hooks/counting.js';
import type { HookList } from './hooks/found_hook.js';
import { kernelHooks } from './hooks/kernel_hooks.js';
import { countReport, listReport, newProbe } from './hooks/report.js';
import { wantedHooks } from './hooks/wanted_hooks.js';
import { paintFor } from './output/paint.js';
import { withProgress } from './output/progress.js';
import { tableWidthOf } from './output/wrapped.js';

/** Each takes a program of its own, and attaching to everything would slow the host. */
const mostCounted = 100;
const longestMilliseconds = 600_000;

export const command = defineCommand({
  name: 'hooks',
  summary: 'List places to attach to, what a program gets there, and how often they fire',
  description: [
    'Lists tracepoints, raw tracepoints and kernel functions whose name has PATTERN in it, with their arguments.',
    'PATTERN may have * and ?, and a kind before it, such as tracepoint:syscalls:*fsync*.',
    'With --binary it lists the functions and USDT probes of a program or library instead.',
    'With --count it attaches a program to each of them for some time, and says how often they fire.',
  ],
  operands: [{ name: 'PATTERN' }],
  flags: {
    binary: { takes: 'FILE', help: 'A program or library, by its path or name', parse: text },
    count: { takes: 'TIME', help: 'Count for this long, such as 5s; at most 100 hooks', parse: countingTime },
    most: { takes: 'NUMBER', help: 'Hooks of a kind to list', default: '100', parse: count },
    json: { help: 'Print JSON' },
    'bpf.btf-file': { takes: 'FILE', help: 'Type information (BTF) for a kernel that has none', parse: text },
  },
  examples: ['hooks fsync', "hooks 'tracepoint:sched:*' --count=5s", "hooks 'SSL_*' --binary=libssl"],
  async run([pattern = ''], flags) {
    const wanted = wantedHooks(pattern);
    const btfFile = flags['bpf.btf-file'];
    const most = flags.count === undefined ? flags.most : mostCounted;
    const lists =
      flags.binary === undefined
        ? kernelHooks(thisKernel(btfFile), wanted, most)
        : binaryHooks(flags.binary, wanted, most);
    const found = lists.reduce((sum, list) => sum + list.count, 0);
    if (found === 0) return printNothing(pattern, lists, flags.json);
    if (flags.count === undefined) {
      print(flags.json, { hooks: lists }, () =>
        listReport(lists, nextAfterList(lists, pattern, flags.binary), style()),
      );
      return 0;
    }
    if (found > mostCounted)
      throw usageFault(
        `"${pattern}" matches ${found} hooks, and --count takes at most ${mostCounted}: narrow the pattern`,
      );
    const counted = await withProgress('Counting', counts(lists, flags.count, btfFile));
    // A probe of a system call begins at its start.
    const hook = (mostFrequent(counted) ?? counted[0]!.name).replace(':sys_exit_', ':sys_enter_');
    print(flags.json, { seconds: flags.count / 1000, hooks: counted }, () =>
      countReport(counted, flags.count! / 1000, hook, paintFor(process.stdout)),
    );
    return counted.some((hook) => 'count' in hook) ? 0 : 1;
  },
});

function countingTime(value: string, flag: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= longestMilliseconds) return milliseconds;
  throw fault('ARGUMENT_INVALID', { problem: `--${flag} must be a time up to 10m, such as 5s, not "${value}"` });
}

async function counts(
  lists: readonly HookList[],
  milliseconds: number,
  btfFile: string | undefined,
): Promise<CountedHook[]> {
  const host = inspectHost({ proc: '/proc', sys: '/sys' });
  const unsuitable = unsuitability(host, btfFile);
  if (unsuitable) throw unsuitable;
  const context = { addon: loadAddon(), host, btfPath: btfToUse(host, btfFile), onLog: () => {} };
  const names = lists.flatMap(({ hooks }) => hooks.map(({ name }) => name));
  return await countHooks(context, names, { milliseconds, btfFile });
}

const style = () => ({ paint: paintFor(process.stdout), width: tableWidthOf(process.stdout) });

function print(isJson: boolean, value: object, report: () => string): void {
  process.stdout.write(isJson ? `${JSON.stringify(value, undefined, 2)}\n` : report());
}

function printNothing(pattern: string, lists: readonly HookList[], isJson: boolean): number {
  print(isJson, { hooks: lists }, () => listReport(lists, undefined, style()));
  const isWhole = lists.every(({ lack }) => lack === undefined);
  const advice = isWhole
    ? "A shorter pattern finds more: santabpf hooks 'PART_OF_A_NAME'"
    : 'Not everything could be listed: see above.';
  process.stderr.write(`Nothing matches "${pattern}". ${advice}\n`);
  return 1;
}

function nextAfterList(lists: readonly HookList[], pattern: string, binary: string | undefined): string {
  const total = lists.reduce((sum, list) => sum + list.count, 0);
  const file = binary === undefined ? '' : ` --binary=${binary}`;
  if (total <= mostCounted) return `santabpf hooks '${pattern}'${file} --count=5s`;
  const [first] = lists.flatMap(({ hooks }) => hooks);
  return newProbe(first!.name);
}

function mostFrequent(counted: readonly CountedHook[]): string | undefined {
  const rates = counted.flatMap((hook) => ('count' in hook ? [hook] : []));
  return rates.sort((one, other) => other.perSecond - one.perSecond)[0]?.name;
}
