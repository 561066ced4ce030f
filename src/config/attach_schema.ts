/** `programs.attach`: what the section of a program does not say about its hook. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { perfEvent } from './perf_event_schema.js';
import { anyOf, mustBe, mustListOne, refuse } from './sentences.js';
import { integer, map, named, program, text } from './value_schema.js';

/** The kinds of programs that `type` can name: those that need no type of the kernel. */
const kinds = [
  'kprobe',
  'kretprobe',
  'ksyscall',
  'kretsyscall',
  'kprobe.multi',
  'kretprobe.multi',
  'uprobe',
  'uretprobe',
  'uprobe.multi',
  'uretprobe.multi',
  'usdt',
  'perf_event',
  'xdp',
  'tc',
  'tcx',
  'socket',
  'cgroup_skb/ingress',
  'cgroup_skb/egress',
  'sockops',
  'sk_msg',
  'sk_skb/stream_parser',
  'sk_skb/stream_verdict',
] as const;

const absolutePath = (what: string) => named(/^\/[^\0]{0,4095}$/, what);
const functionName = named(/^[A-Za-z_.$][\w.$]{0,511}$/, 'the name of a function');
const pattern = (what: string) => named(/^[\w.$*?]{1,512}$/, what);
const notEmpty = { error: mustBe('a list of network interfaces, such as [eth0]') };

const processes = mapping(
  {
    command: named(/^[^\0/]{1,15}$/, 'a command name of at most 15 characters, as `ps -o comm` shows it').optional(),
    pid: integer(1, 2 ** 22).optional(),
  },
  'a mapping such as { command: nginx }',
).check(({ value, issues }) => {
  if (issues.length > 0 || (value.command === undefined) !== (value.pid === undefined)) return;
  refuse(
    issues,
    [],
    '{path} must have exactly one of `command` and `pid`',
    'Write for example `in: { command: nginx }`.',
  );
});

const settings = {
  skip: z.literal(true, { error: mustBe('true') }).optional(),
  type: z.enum(kinds, { error: mustBe('a kind of program such as xdp') }).optional(),
  function: functionName.optional(),
  functions: pattern('a pattern of function names such as "vfs_*"').optional(),
  syscall: named(/^[a-z_][a-z0-9_]{0,63}$/, 'the name of a system call, such as openat').optional(),
  binary: absolutePath('the absolute path of a program or library').optional(),
  library: named(/^[\w.+-]{1,255}$/, 'the name of a library, such as libc or libssl.so.3').optional(),
  symbol: text('the name of a function in the binary', 1024).optional(),
  symbols: pattern('a pattern of function names such as "str*"').optional(),
  offset: integer(0, Number.MAX_SAFE_INTEGER).optional(),
  provider: named(/^\w{1,127}$/, 'the provider of a USDT probe, such as python').optional(),
  probe: named(/^\w{1,127}$/, 'the name of a USDT probe, such as gc__start').optional(),
  pid: integer(1, 2 ** 22).optional(),
  in: processes.optional(),
  event: perfEvent.optional(),
  frequency: integer(1, 10_000).optional(),
  period: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  interfaces: z
    .array(named(/^[^\s/]{1,15}$/, 'the name of a network interface, or a pattern such as "eth*"'), notEmpty)
    .min(1, mustListOne('interface'))
    .optional(),
  mode: z.enum(['native', 'generic'], { error: mustBe('native or generic') }).optional(),
  direction: z.enum(['ingress', 'egress'], { error: mustBe('ingress or egress') }).optional(),
  cgroup: absolutePath('the absolute path of a cgroup, such as /sys/fs/cgroup/system.slice').optional(),
  map: map.optional(),
};

type Setting = keyof typeof settings;

/** Settings of different families describe different hooks. */
const families: Readonly<Record<string, readonly Setting[]>> = {
  'a kernel function': ['function', 'functions', 'syscall'],
  'user-space code': ['binary', 'library', 'symbol', 'symbols', 'offset', 'provider', 'probe', 'pid', 'in'],
  'a perf event': ['event', 'frequency', 'period'],
  'network interfaces': ['interfaces', 'mode', 'direction'],
  'a cgroup': ['cgroup'],
  'a map of sockets': ['map'],
};

/** Of each list at most one setting is allowed. */
const exclusive: readonly (readonly Setting[])[] = [
  ['function', 'functions', 'syscall'],
  ['binary', 'library'],
  ['pid', 'in'],
  ['symbol', 'symbols', 'provider'],
  ['offset', 'symbols'],
  ['offset', 'provider'],
  ['frequency', 'period'],
];

/** The first setting makes sense only together with one of the others. */
const dependent: readonly (readonly [Setting, readonly Setting[]])[] = [
  ['provider', ['probe']],
  ['probe', ['provider']],
  ['event', ['frequency', 'period']],
  ['frequency', ['event']],
  ['period', ['event']],
];

const target = mapping(settings, 'a mapping such as { binary: /usr/bin/bash, symbol: readline }').check(
  ({ value, issues }) => {
    if (issues.length > 0) return;
    const given = (Object.keys(value) as Setting[]).filter((setting) => value[setting] !== undefined);
    const [other] = given.filter((setting) => setting !== 'skip');
    if (value.skip && other !== undefined) {
      refuse(issues, [other], '{path}: not allowed together with `skip`', 'A program that is skipped has no hook.');
      return;
    }
    const [first, second] = Object.entries(families).flatMap(([family, names]) => {
      const setting = given.find((name) => names.includes(name));
      return setting === undefined ? [] : [{ family, setting }];
    });
    if (first && second) {
      refuse(
        issues,
        [second.setting],
        `{path}: not allowed together with \`${first.setting}\``,
        `A program has one hook: ${first.family} or ${second.family}.`,
      );
      return;
    }
    for (const list of exclusive) {
      const [one, another] = list.filter((setting) => given.includes(setting));
      if (one === undefined || another === undefined) continue;
      refuse(issues, [another], `{path}: not allowed together with \`${one}\``, 'Remove one of the two.');
    }
    for (const [setting, others] of dependent) {
      if (!given.includes(setting) || others.some((name) => given.includes(name))) continue;
      const names = others.map((name) => `\`${name}\``);
      refuse(issues, [setting], `{path} needs ${names.length > 1 ? anyOf(names) : names[0]} too`, 'Add it.');
    }
  },
);

export const attach = z
  .record(program, target, { error: mustBe('a mapping of programs to their hooks') })
  .transform((targets): Readonly<Record<string, AttachSpec>> => Object.assign(Object.create(null), targets));

/** Where a program is attached, and as what. Settings that are left out come from the program's section. */
export type AttachSpec = Readonly<z.output<typeof target>>;
