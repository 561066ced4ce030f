import { fault, type SantaError } from '../errors/fault.js';
import { nearest } from '../nearest.js';
import type { IdentityLabel } from './identity_labels.js';
import { labelsWith } from './identity_schema.js';
import type { LabelSpec } from './label_schema.js';
import type { ProbeEntry } from './main_schema.js';
import type { ParsedProbe } from './probe_file.js';
import type { Tree } from './yaml_tree.js';

type Labels = Readonly<Record<string, LabelSpec>>;

/**
 * The labels of a metric without those that the main file drops. One whose decoders leave entries out stays, marked: the
 * sums must not grow by what the metric never showed.
 */
export function withoutLabels(labels: Labels, dropped: readonly string[]): Labels {
  const rest: Record<string, LabelSpec> = Object.create(null);
  for (const [name, label] of Object.entries(labels)) {
    if (!dropped.includes(name)) rest[name] = label;
    else if (label.constant === undefined && leavesOut(label)) rest[name] = { ...label, isDropped: true };
  }
  return rest;
}

/** A fault for each label that cannot be dropped, or that no metric of the probe has. @param identity of the main file */
export function undroppableLabels(
  { entry, index, parsed }: { entry: ProbeEntry; index: number | undefined; parsed: ParsedProbe },
  identity: readonly IdentityLabel[],
  { places }: Tree,
): SantaError[] {
  if (index === undefined || entry.labels === undefined || parsed.settings === undefined) return [];
  const setting = entry.identity ?? identity;
  const known = [
    ...new Set(
      parsed.settings.metrics.flatMap(({ labels, identity }) => Object.keys(labelsWith(setting, identity, labels))),
    ),
  ];
  return entry.labels.drop.flatMap((name, position) => {
    const location = places.locate(['probes', index, 'labels', 'drop', position]);
    const metric = parsed.settings!.metrics.find(({ labels }) => labels[name]?.tellsApart);
    if (metric !== undefined) {
      const problem = `Label "${name}" cannot be dropped: it tells the maps or values of "${metric.name}" apart`;
      return [fault('CONFIG_VALUE', { problem, remedy: 'Remove it from the list.' }, { location })];
    }
    if (known.includes(name)) return [];
    const near = nearest(name, known);
    const problem = `No metric of probe "${entry.probe}" has a label "${name}"`;
    const remedy =
      near !== undefined
        ? `Did you mean "${near}"?`
        : known.length === 0
          ? 'Remove `labels`: the probe has no labels.'
          : `Its labels are ${known.join(', ')}.`;
    return [fault('CONFIG_VALUE', { problem, remedy }, { location })];
  });
}

function leavesOut({ decode = [] }: LabelSpec & { readonly constant?: undefined }): boolean {
  return decode.some((step) => step.kind === 'regex' && step.action !== 'capture');
}
