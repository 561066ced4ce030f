/** How a label words a field: a decoder's name, or a mapping with its settings. */
import { z } from 'zod';
import { compileRegex, needsBacktracking } from './linear_regex.js';
import { mapping } from './mapping_schema.js';
import { symbolName } from './names.js';

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
  'device',
  'inet',
  'port',
  'ifname',
  'ksym',
] as const;

const plain = z.enum(plainDecoders, { error: 'a decoder' }).transform((kind): DecoderSpec => ({ kind }));

const wording = z.string({ error: 'text' }).max(128, 'text of at most 128 characters');

const patternError = 'a regular expression';
const pattern = z
  .string({ error: patternError })
  .min(1, patternError)
  .max(1000, 'a regular expression of at most 1000 characters')
  .check(({ value, issues }) => {
    try {
      compileRegex(value);
    } catch (error) {
      const slow = needsBacktracking(value);
      issues.push({
        code: 'custom',
        input: value,
        message: slow ? 'a regular expression that can be matched in linear time' : patternError,
        params: {
          remedy: slow
            ? 'Do without look-around, back-references and repetitions of thousands: such patterns can stall a scrape.'
            : `Correct the pattern: ${(error as Error).message.replace(/^.*: /, '').toLowerCase()}.`,
        },
      });
    }
  });

const regex = mapping(
  {
    keep: pattern.optional(),
    drop: pattern.optional(),
    capture: pattern.optional(),
    replace: z.string({ error: 'text with $1, $2 …' }).max(128, 'text of at most 128 characters').optional(),
  },
  'a mapping such as { keep: "^eth" }',
)
  .check(({ value, issues }) => {
    if (issues.length > 0) return;
    const actions = regexActions.filter((action) => value[action] !== undefined);
    if (actions.length !== 1) {
      issues.push({ code: 'custom', input: value, message: 'exactly one of keep, drop and capture' });
    }
    if (value.replace !== undefined && value.capture === undefined) {
      issues.push({
        code: 'custom',
        input: value.replace,
        path: ['replace'],
        message: 'a `capture` beside it',
        params: { remedy: '`keep` and `drop` leave the text as it is: remove `replace`, or use `capture`.' },
      });
    }
    if (value.capture === undefined) return;
    // An alternative that matches the empty text tells the number of groups.
    const groups = new RegExp(`${value.capture}|`).exec('')!.length - 1;
    const highest = Math.max(
      0,
      ...[...(value.replace ?? '$1').replaceAll('$$', '').matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)),
    );
    if (highest <= groups) return;
    issues.push({
      code: 'custom',
      input: value.capture,
      path: ['capture'],
      message: `a regular expression with ${highest === 1 ? 'a group' : `${highest} groups`} in parentheses, which $${highest} stands for,`,
    });
  })
  .transform(({ keep, drop, capture, replace }): DecoderSpec => {
    if (keep !== undefined) return { kind: 'regex', action: 'keep', pattern: keep, replace: '' };
    if (drop !== undefined) return { kind: 'regex', action: 'drop', pattern: drop, replace: '' };
    return { kind: 'regex', action: 'capture', pattern: capture!, replace: replace ?? '$1' };
  });

const regexActions = ['keep', 'drop', 'capture'] as const;

const enumError = 'the name of an enum of the kernel, such as skb_drop_reason,';
const kernelEnum = mapping(
  {
    name: z.string({ error: enumError }).regex(symbolName, enumError),
    strip: z
      .string({ error: 'what to leave out in front of the names' })
      .max(128, 'text of at most 128 characters')
      .optional(),
  },
  'a mapping such as { name: skb_drop_reason, strip: SKB_DROP_REASON_ }',
).transform(({ name, strip }): DecoderSpec => ({ kind: 'kernel_enum', name, strip: strip ?? '' }));

const withSettings = mapping(
  {
    kernel_enum: kernelEnum.optional(),
    map: z.record(z.string(), wording, { error: 'a mapping such as { 0: read, 1: write }' }).optional(),
    default: wording.optional(),
    regex: regex.optional(),
  },
  'a mapping such as { map: { 0: read } } or { regex: { keep: "^eth" } }',
)
  .check(({ value, issues }) => {
    if (issues.length > 0) return;
    if ([value.map, value.regex, value.kernel_enum].filter((given) => given !== undefined).length !== 1) {
      issues.push({ code: 'custom', input: value, message: 'exactly one of map, regex and kernel_enum' });
    } else if (value.default !== undefined && value.map === undefined) {
      issues.push({ code: 'custom', input: value.default, path: ['default'], message: 'a `map` beside it' });
    }
    if (value.map !== undefined && Object.keys(value.map).length === 0) {
      issues.push({ code: 'custom', input: value.map, path: ['map'], message: 'at least one entry' });
    }
  })
  .transform((value): DecoderSpec => {
    if (value.regex) return value.regex;
    if (value.kernel_enum) return value.kernel_enum;
    return { kind: 'map', values: value.map!, ...(value.default !== undefined && { default: value.default }) };
  });

export const decoder = z.union([plain, withSettings], { error: 'a decoder, by name or as a mapping,' });

/** One step from a field to a label's text. */
export type DecoderSpec =
  | { readonly kind: (typeof plainDecoders)[number] }
  /** `strip` is left out in front of the enumerators' names; may be empty. */
  | { readonly kind: 'kernel_enum'; readonly name: string; readonly strip: string }
  /** `values` has no prototype: `values[text]` is safe for any text. */
  | { readonly kind: 'map'; readonly values: Readonly<Record<string, string>>; readonly default?: string }
  /** The pattern is checked; compile it with `compileRegex`. `replace` is for `capture`. */
  | {
      readonly kind: 'regex';
      readonly action: 'keep' | 'drop' | 'capture';
      readonly pattern: string;
      readonly replace: string;
    };
export type DecoderKind = DecoderSpec['kind'];
