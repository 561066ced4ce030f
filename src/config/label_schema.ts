/** `labels`: a constant, or a field and its decoders. */
import { z } from 'zod';
import { type DecoderSpec, decoder } from './decoder_schema.js';
import type { MemberLabel } from './family_members.js';
import { mapping } from './mapping_schema.js';
import { mustBe, mustListOne, refuse } from './sentences.js';
import { labelNameText, labelText, path, text } from './value_schema.js';

const label = mapping(
  {
    constant: labelText(text('text of at most 128 characters', 128)).optional(),
    only_with: z.literal('command', { error: mustBe('command') }).optional(),
    field: path.optional(),
    from: z
      .enum(['key', 'value', 'outer', 'cpu', 'index', 'maps', 'values'], {
        error: mustBe('key, value, outer, cpu, index, maps or values'),
      })
      .optional(),
    decode: z
      .union([decoder, z.array(decoder).min(1, mustListOne('decoder')).max(8, '{path} must list at most 8 decoders')], {
        error: mustBe('a decoder or a list of decoders'),
      })
      .optional(),
  },
  'a mapping such as { field: dev, decode: device }',
)
  .check(({ value, issues }) => {
    checkSource(value, issues);
    if (value.constant === undefined) return;
    for (const key of ['field', 'from', 'decode'] as const) {
      if (value[key] === undefined) continue;
      refuse(
        issues,
        [key],
        '{path}: not allowed together with `constant`',
        'A constant label reads nothing from the map: remove one of the two.',
      );
    }
  })
  .transform(({ constant, field, from = 'key', decode, only_with: onlyWith }): WrittenLabel | MemberLabel => {
    if (constant !== undefined) return { constant, ...(onlyWith && { onlyWith }) };
    if (from === 'maps' || from === 'values') return { from };
    const chain = decode === undefined || Array.isArray(decode) ? decode : [decode];
    return {
      from,
      ...(field !== undefined && { field }),
      ...(chain && { decode: chain }),
      ...(onlyWith && { onlyWith }),
    };
  });

type Source = { from?: string | undefined; field?: unknown; decode?: unknown; only_with?: unknown };

/** What is neither a key nor a value has no fields, and the names of `maps` and `values` are texts as they are. */
function checkSource({ from, ...others }: Source, issues: z.core.$ZodRawIssue[]): void {
  if (from === undefined || from === 'key' || from === 'value' || from === 'outer') return;
  const isNumber = from === 'cpu' || from === 'index';
  for (const setting of isNumber ? (['field'] as const) : (['field', 'decode', 'only_with'] as const)) {
    if (others[setting] === undefined) continue;
    const what = isNumber ? 'a number' : `a name in \`${from}\``;
    refuse(issues, [setting], `{path}: not allowed together with \`from: ${from}\``, `The label shows ${what}.`);
  }
}

export const labels = z.record(
  labelNameText.refine((name) => !name.startsWith('__'), {
    error: '{value} cannot be a label name: Prometheus reserves names that begin with "__"',
  }),
  label,
  { error: mustBe('a mapping of label names to fields or constants') },
);

/** A label as a probe file has it. */
export type WrittenLabel = LabelSpec & {
  /** The label is left out unless the identity has a command: it shows the name of a process, too. */
  readonly onlyWith?: 'command';
  /** Without it, several maps or fields of one metric would have the same series. */
  readonly tellsApart?: true;
};

/** A label: a constant text, or a field and how it becomes text. */
export type LabelSpec =
  | { readonly constant: string }
  | {
      readonly constant?: undefined;
      /**
       * `cpu`: the number of the CPU in a per-CPU map. `index`: the number of the element at `[]` in the metric's value. `outer`: the
       * key of the map that the entry's map is in.
       */
      readonly from: 'key' | 'value' | 'outer' | 'cpu' | 'index';
      /** Path into the key (or value); omitted when it is a plain integer. */
      readonly field?: string;
      /** Decoders in order; omitted for the default decoder of the field's type. */
      readonly decode?: readonly DecoderSpec[];
      /** The label is not shown; its decoders still say which entries are left out. */
      readonly isDropped?: true;
    };
