/** What says who did it: the labels of the exporter's setting `identity`. */
import type { IdentityLabel } from '../../src/config/identity_labels.js';

export type { IdentityLabel };

/** Labels that say where a process runs, in the order in which names have them. */
export const placeLabels = [
  'namespace',
  'pod',
  'container',
  'container_id',
  'image',
  'unit',
  'slice',
  'cgroup',
] as const satisfies readonly IdentityLabel[];

/** Labels in the order in which texts name them, the process first: `node in nginx.service`. */
const asNamed: readonly IdentityLabel[] = ['command', ...placeLabels];

/** Names of other processes. Series have them only with `command`. */
const processNames = ['parent', 'thread', 'requester'];

/** How rules group by an identity, and how texts name it. */
export interface Identity {
  /** In the order of the setting. */
  readonly labels: readonly IdentityLabel[];
  /** Those labels for `by`, `on` and `without`: `unit, command`. */
  readonly list: string;
  /** Matchers for the queries of texts: `unit=%q,command=%q`. */
  readonly same: string;
  readonly hasCommand: boolean;
  /** Whether it names more than the command. */
  readonly hasPlace: boolean;
  /** What the identity names, in words: `command` and `commands`, or `container` and `containers`. */
  readonly noun: string;
  readonly nouns: string;
  /** @param except labels that the metric has of its own */
  listWithout(...except: readonly string[]): string;
  /** These labels and those of the identity but `command`: what a metric of a device or of ports shows besides its own labels. */
  withPlaces(...own: readonly string[]): string;
  /** A sum over those. */
  acrossPlaces(expression: string): string;
  /** The part of a recording rule's name that says what its series are split by: `unit_command_user`. @param others further labels */
  level(...others: readonly string[]): string;
  /** A text with the identity of an alert or of a series: `node in nginx.service`, `shop/web-0 (app)`. */
  who(labels: '$labels' | '.Labels'): string;
  /** The same with the user: `node (root)`, `shop/web-0 (app), root`. */
  whoAndUser(labels: '$labels' | '.Labels'): string;
  /** A further matcher that excludes commands, or nothing if the series have no command. @param names regular expression */
  exceptCommands(names: string): string;
}

/** @param labels of the setting, at least one */
export function identityOf(labels: readonly IdentityLabel[]): Identity {
  const hasCommand = labels.includes('command');
  const places = labels.filter((label) => label !== 'command');
  const noun = nounOf(labels);
  const user = (of: string) => `{{ ${of}.user }}`;
  const who = (of: string) => nameOf(labels, of);
  return {
    labels,
    list: labels.join(', '),
    same: labels.map((label) => `${label}=%q`).join(','),
    hasCommand,
    hasPlace: places.length > 0,
    noun,
    nouns: `${noun}s`,
    listWithout: (...except) => labels.filter((label) => !except.includes(label)).join(', '),
    withPlaces: (...own) => [...own, ...places].join(', '),
    acrossPlaces: (expression) =>
      places.length === 0 ? expression : `sum without (${places.join(', ')}) (${expression})`,
    level: (...others) => {
      const known = others.filter((label) => hasCommand || !processNames.includes(label));
      return [...new Set([...labels, ...known])].join('_');
    },
    who,
    whoAndUser: (of) => (hasCommand ? `${who(of)} (${user(of)})` : `${who(of)}, ${user(of)}`),
    exceptCommands: (names) => (hasCommand ? `,command!~"${names}"` : ''),
  };
}

function nounOf(labels: readonly IdentityLabel[]): string {
  const telling: readonly IdentityLabel[] = ['command', 'container', 'container_id', 'pod', 'unit', 'image'];
  const label = telling.find((one) => labels.includes(one)) ?? labels[0]!;
  return label === 'container_id' ? 'container' : label;
}

/** Go template. Empty labels are left out. */
function nameOf(labels: readonly IdentityLabel[], of: string): string {
  const [first, ...places] = asNamed.filter((label) => labels.includes(label));
  if (first === 'command') return `{{ ${of}.command }}${joined(places, of, ' in ', '')}`;
  return joined([first!, ...places], of, '', `(no ${nounOf(labels)})`);
}

/** The labels that are not empty. @param before the first of them. @param otherwise if all are empty */
function joined(places: readonly IdentityLabel[], of: string, before: string, otherwise: string): string {
  if (places.length === 0) return otherwise;
  const branches = places.map((place, index) => {
    const rest = places.slice(index + 1).map((label) => {
      const [opening, closing] = separatorsOf(label, places);
      return `{{ with ${of}.${label} }}${opening}{{ . }}${closing}{{ end }}`;
    });
    return `if ${of}.${place} }}${before}{{ ${of}.${place} }}${rest.join('')}`;
  });
  const last = otherwise === '' ? '' : `{{ else }}${otherwise}`;
  return `{{ ${branches.join('{{ else ')}${last}{{ end }}`;
}

/** Around a label that follows another one. */
function separatorsOf(label: IdentityLabel, places: readonly IdentityLabel[]): readonly [string, string] {
  if (label === 'pod' && places.includes('namespace')) return ['/', ''];
  if (label === 'container' || label === 'container_id') return [' (', ')'];
  return [', ', ''];
}
