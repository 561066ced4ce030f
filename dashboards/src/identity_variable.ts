import { CustomVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { IdentityLabel } from '../../alerts/src/identity.js';
import { loadParameters, shippedParameters } from '../../alerts/src/parameter_file.js';
import { identityLabels } from './query.js';

/** What each label names. */
const nouns: Readonly<Record<IdentityLabel, string>> = {
  namespace: 'namespaces',
  pod: 'pods',
  container: 'containers',
  container_id: 'container ids',
  image: 'images',
  unit: 'units',
  slice: 'slices',
  cgroup: 'cgroups',
  command: 'commands',
};

/**
 * The labels by which panels group, one or several. The labels of the parameter `identity` are chosen at first; others are empty unless the
 * exporter's setting has them, too.
 */
export function identityVariable(): CustomVariableBuilder {
  const { identity } = loadParameters(shippedParameters);
  const options = identityLabels.map((value) => ({ value, text: nouns[value], selected: identity.includes(value) }));
  const chosen = options.filter(({ selected }) => selected);
  return new CustomVariableBuilder('identity')
    .label('By')
    .values(options.map(({ value, text }) => `${text} : ${value}`).join(', '))
    .multi(true)
    .includeAll(false)
    .options(options)
    .current({ selected: true, text: chosen.map(({ text }) => text), value: chosen.map(({ value }) => value) });
}
