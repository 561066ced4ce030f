/** `identity`: which labels say who did it, in the main file; and where a metric of a probe file has that. */
import { z } from 'zod';
import { type IdentityLabel, identityLabels } from './identity_labels.js';
import type { LabelSpec, WrittenLabel } from './label_schema.js';
import { mapping } from './mapping_schema.js';
import { mustBe, mustListOne, refuse } from './sentences.js';
import { path } from './value_schema.js';

/** Of the main file, or of one of its probes. */
export const identity = z
  .array(z.enum(identityLabels, { error: mustBe('a label that says who did it') }), {
    error: mustBe('a list of labels such as [unit, command]'),
  })
  .min(1, mustListOne('label'))
  .check(({ value, issues }) => {
    for (const [index, label] of value.entries()) {
      if (value.indexOf(label) === index) continue;
      refuse(issues, [index], '{path}: {value} is already listed', 'Remove one of the two.');
    }
  });

/** Of a metric: the fields with the command and the id of the cgroup. */
export const metricIdentity = mapping(
  {
    command: path.optional(),
    cgroup: path.optional(),
    from: z.enum(['key', 'value'], { error: mustBe('key or value') }).optional(),
  },
  'a mapping such as { command: command.name, cgroup: cgroup }',
)
  .check(({ value, issues }) => {
    if (issues.length > 0 || value.command !== undefined || value.cgroup !== undefined) return;
    refuse(issues, [], '{path} must have `command`, `cgroup` or both');
  })
  .transform(({ command, cgroup, from = 'key' }): IdentitySpec => {
    return { from, ...(command !== undefined && { command }), ...(cgroup !== undefined && { cgroup }) };
  });

/** Where a metric has who did it: paths into the key or the value. */
export interface IdentitySpec {
  readonly from: 'key' | 'value';
  readonly command?: string;
  readonly cgroup?: string;
}

type Labels = Readonly<Record<string, LabelSpec>>;

/**
 * The labels of a metric: first those of the identity that its fields can give, in the order of the setting, then its own. A label of
 * its own with the same name stands in place of the identity's.
 */
export function labelsWith(
  setting: readonly IdentityLabel[],
  identity: IdentitySpec | undefined,
  own: Readonly<Record<string, WrittenLabel>>,
): Labels {
  const labels: Record<string, LabelSpec> = Object.create(null);
  for (const name of identity === undefined ? [] : setting) {
    const field = name === 'command' ? identity!.command : identity!.cgroup;
    if (field === undefined || name in own) continue;
    labels[name] = { from: identity!.from, field, decode: [{ kind: name === 'command' ? 'string' : name }] };
  }
  for (const [name, { onlyWith, tellsApart: _, ...label }] of Object.entries(own)) {
    if (onlyWith === undefined || setting.includes(onlyWith)) labels[name] = label;
  }
  return labels;
}
