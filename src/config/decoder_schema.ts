/** `decode`: how a field becomes the text of a label. A decoder's name, or a mapping with its settings. */
import { z } from 'zod';
import { compileRegex, needsBacktracking } from './linear_regex.js';
import { mapping } from './mapping_schema.js';
import { fieldPath, symbolName } from './names.js';
import { anyOf, mustBe, mustListOne, refuse, tooLong } from './sentences.js';
import { labelText, map, named } from './value_schema.js';

const plainDecoders = [
  'uint',
  'int',
  'hex',
  'bool',
  'string',
  'enum',
  'syscall',
  'errno',
  'signal',
  'user',
  'group',
  'process',
  'device',
  'stat_device',
  'pci_vendor',
  'pci_device',
  'pci_class',
  'pci_subclass',
  'uuid',
  'inet',
  'port',
  'ifname',
  'prefix',
  'mac',
  'protocol',
  'address_family',
  'tcp_state',
  'dname',
  'ksym',
  'ksym_offset',
  'kstack',
  'cgroup',
  'unit',
  'slice',
  'container',
  'container_id',
  'namespace',
  'pod',
  'image',
] as const;

/** Names that are no decoders by themselves, and what to write. */
const refused: Readonly<Record<string, string>> = {
  timestamp: '{path} cannot be a time: every event would be a series of its own. Make the time the value of a gauge',
  ustack: '{path}: ustack needs the field with the process id, as in { ustack: { stacks: NAME_OF_MAP, pid: pid } }',
  usym: '{path}: usym needs the field with the process id, as in { usym: { pid: pid } }',
};

const plain = z
  .enum(plainDecoders, {
    error: ({ input }) =>
      typeof input === 'string' && Object.hasOwn(refused, input) ? refused[input]! : mustBe('a decoder'),
  })
  .transform((kind) => ({ kind }) as DecoderSpec);

const shortText = labelText(z.string({ error: mustBe('text') }).max(128, tooLong(128)));

const patternError = mustBe('a regular expression');
const pattern = z
  .string({ error: patternError })
  .min(1, patternError)
  .max(1000, tooLong(1000))
  .check(({ value, issues }) => {
    try {
      compileRegex(value);
    } catch (error) {
      if (needsBacktracking(value)) {
        const remedy = 'Remove look-around, back-references and counts in the thousands: they can stall a scrape.';
        refuse(issues, [], '{path} cannot be matched in linear time', remedy);
      } else {
        const reason = (error as Error).message.replace(/^.*: /, '').toLowerCase();
        refuse(issues, [], `{path} is not a valid regular expression: ${reason}`, 'Correct the pattern.');
      }
    }
  });

const regex = mapping(
  {
    keep: pattern.optional(),
    drop: pattern.optional(),
    capture: pattern.optional(),
    first: z
      .array(pattern, { error: mustBe('a list of regular expressions') })
      .min(1, mustListOne('regular expression'))
      .max(64, '{path} must list at most 64 regular expressions')
      .optional(),
    replace: labelText(z.string({ error: mustBe('text with $1, $2 …') }).max(128, tooLong(128))).optional(),
  },
  'a mapping such as { keep: "^eth" }',
)
  .check(({ value, issues }) => {
    if (issues.length > 0) return;
    const actions = regexActions.filter((action) => value[action] !== undefined);
    if (actions.length !== 1) {
      refuse(issues, [], '{path} must have exactly one of `keep`, `drop`, `capture` and `first`');
    }
    if (value.replace !== undefined && value.capture === undefined) {
      refuse(
        issues,
        ['replace'],
        '{path} is only allowed together with `capture`',
        '`keep` and `drop` do not change the text: remove `replace`, or use `capture`.',
      );
    }
    if (value.capture === undefined) return;
    // With an alternative that always matches, the number of groups is the length of the match.
    const groups = new RegExp(`${value.capture}|`).exec('')!.length - 1;
    const highest = Math.max(
      0,
      ...[...(value.replace ?? '$1').replaceAll('$$', '').matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)),
    );
    if (highest <= groups) return;
    const needed = highest === 1 ? 'a group in parentheses' : `${highest} groups in parentheses`;
    refuse(
      issues,
      ['capture'],
      `{path} needs ${needed}: the text of the label is "${value.replace ?? '$1'}"`,
      'Put parentheses around each part that the label uses, as in "^([^/]+)".',
    );
  })
  .transform(({ keep, drop, capture, first, replace }): DecoderSpec => {
    if (first !== undefined) return { kind: 'regex', action: 'first', patterns: first };
    if (keep !== undefined) return { kind: 'regex', action: 'keep', pattern: keep, replace: '' };
    if (drop !== undefined) return { kind: 'regex', action: 'drop', pattern: drop, replace: '' };
    return { kind: 'regex', action: 'capture', pattern: capture!, replace: replace ?? '$1' };
  });

const regexActions = ['keep', 'drop', 'capture', 'first'] as const;

const kernelEnum = mapping(
  {
    name: named(symbolName, 'the name of a kernel enum, such as skb_drop_reason'),
    strip: z
      .string({ error: mustBe('the prefix to remove from the names') })
      .max(128, tooLong(128))
      .optional(),
  },
  'a mapping such as { name: skb_drop_reason, strip: SKB_DROP_REASON_ }',
).transform(({ name, strip }): DecoderSpec => ({ kind: 'kernel_enum', name, strip: strip ?? '' }));

const pid = named(fieldPath, 'the path of the field with the process id, such as pid or key.tgid');
const kstack = mapping({ stacks: map }, 'a mapping such as { stacks: NAME_OF_MAP }').transform(
  ({ stacks }): DecoderSpec => ({ kind: 'kstack', stacks }),
);
const ustack = mapping(
  { stacks: map.optional(), pid },
  'a mapping such as { stacks: NAME_OF_MAP, pid: pid }',
).transform(({ stacks, pid }): DecoderSpec => ({ kind: 'ustack', pid, ...(stacks !== undefined && { stacks }) }));
const usym = mapping({ pid }, 'a mapping such as { pid: pid }').transform(
  ({ pid }): DecoderSpec => ({ kind: 'usym', pid }),
);

/** Decoders that have settings: a mapping has exactly one of them. */
const kindsWithSettings = ['map', 'regex', 'kernel_enum', 'kstack', 'ustack', 'usym'] as const;

const withSettings = mapping(
  {
    kernel_enum: kernelEnum.optional(),
    kstack: kstack.optional(),
    ustack: ustack.optional(),
    usym: usym.optional(),
    map: z
      .record(labelText(z.string()), shortText, { error: mustBe('a mapping such as { 0: read, 1: write }') })
      .optional(),
    default: shortText.optional(),
    regex: regex.optional(),
  },
  'a mapping such as { map: { 0: read } } or { regex: { keep: "^eth" } }',
)
  .check(({ value, issues }) => {
    if (issues.length > 0) return;
    if (kindsWithSettings.filter((kind) => value[kind] !== undefined).length !== 1) {
      const kinds = kindsWithSettings.map((kind) => `\`${kind}\``);
      refuse(issues, [], `{path} must have exactly one of ${anyOf(kinds)}`);
    } else if (value.default !== undefined && value.map === undefined) {
      refuse(issues, ['default'], '{path} is only allowed together with `map`', 'Remove `default`, or use `map`.');
    }
    if (value.map !== undefined && Object.keys(value.map).length === 0) {
      refuse(issues, ['map'], '{path} must have at least one entry');
    }
  })
  .transform((value): DecoderSpec => {
    const set = value.regex ?? value.kernel_enum ?? value.kstack ?? value.ustack ?? value.usym;
    if (set) return set;
    return { kind: 'map', values: value.map!, ...(value.default !== undefined && { default: value.default }) };
  });

export const decoder = z.union([plain, withSettings], {
  error: mustBe('the name of a decoder, or a mapping such as { map: { 0: read } }'),
});

/** One step from a field to the text of a label. */
export type DecoderSpec =
  | PlainDecoderSpec
  /** `strip` is the prefix to remove from the enumerators' names; may be empty. */
  | { readonly kind: 'kernel_enum'; readonly name: string; readonly strip: string }
  /** `stacks` is a map of stacks, in which the field has an id; without it the field has the addresses. Between frames stands `separator`, by default `;`. */
  | { readonly kind: 'kstack'; readonly stacks?: string; readonly separator?: string }
  /** `pid` is the path of another field. */
  | { readonly kind: 'ustack'; readonly stacks?: string; readonly pid: string }
  | { readonly kind: 'usym'; readonly pid: string }
  /** `values` has no prototype: `values[text]` is safe for any text. */
  | { readonly kind: 'map'; readonly values: Readonly<Record<string, string>>; readonly default?: string }
  /** The pattern is checked; compile it with `compileRegex`. `replace` is for `capture`. */
  | {
      readonly kind: 'regex';
      readonly action: 'keep' | 'drop' | 'capture';
      readonly pattern: string;
      readonly replace: string;
    }
  /** The first of several patterns that matches counts. */
  | { readonly kind: 'regex'; readonly action: 'first'; readonly patterns: readonly string[] };
/** A decoder without settings of its own in a probe file. */
export interface PlainDecoderSpec {
  readonly kind: Exclude<(typeof plainDecoders)[number], 'kstack'>;
}
export type DecoderKind = DecoderSpec['kind'];
