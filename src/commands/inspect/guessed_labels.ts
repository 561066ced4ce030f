/** Labels for the key of a map. What a number means is guessed from the name of its field. */
import type { Layout } from '../../decode/layout.js';

export interface GuessedLabel {
  readonly name: string;
  /** The path into the key; undefined for the whole key. */
  readonly field: string | undefined;
  readonly decode: string | undefined;
}

export interface GuessedLabels {
  readonly labels: readonly GuessedLabel[];
  /** Fields without a label, with the reason. */
  readonly omitted: readonly { readonly field: string; readonly reason: string }[];
}

/** Decoders of numbers by the name of the field, and the bytes that the field must have, if that matters. */
const meanings: readonly (readonly [RegExp, string, number?])[] = [
  [/^(?:e?uid|user)$/, 'user'],
  [/^(?:e?gid|group)$/, 'group'],
  [/cgroup|^cgid$|^cg_?id$/, 'cgroup', 8],
  [/^dev(?:ice)?$/, 'device'],
  [/^(?:if_?index|ifi)$/, 'ifname'],
  [/errno|^err(?:or)?$/, 'errno'],
  [/^(?:sig|signal|signo)$/, 'signal'],
  [/^(?:syscall|syscall_nr|nr)$/, 'syscall'],
  [/^(?:family|af|address_family)$/, 'address_family'],
  [/^(?:proto|protocol)$/, 'protocol'],
  [/^(?:ip|addr|location|func|caller)$/, 'ksym', 8],
  [/^(?:[sdlr]addr|saddr_v4|daddr_v4)$/, 'inet', 4],
  [/port$/, 'port'],
];

/** @param isIndex the key is the index of an array, which says little if there is one entry only */
export function guessLabels(
  key: Layout | undefined,
  keySize: number,
  isIndex: boolean,
  entries: number,
): GuessedLabels {
  if (isIndex)
    return { labels: entries > 1 ? [{ name: 'index', field: undefined, decode: undefined }] : [], omitted: [] };
  if (key === undefined) {
    // Keys without a type are bytes.
    const isNumber = [1, 2, 4, 8].includes(keySize);
    const reason = `the object has no type for its ${keySize} bytes${isNumber ? ': name one with `maps: { MAP: { key: TYPE } }`' : ''}`;
    return { labels: [], omitted: [{ field: 'the key', reason }] };
  }
  const found = { labels: [] as GuessedLabel[], omitted: [] as { field: string; reason: string }[] };
  visit(key, '', found);
  return found;
}

function visit(
  layout: Layout,
  path: string,
  found: { labels: GuessedLabel[]; omitted: { field: string; reason: string }[] },
): void {
  if (layout.kind === 'struct') {
    for (const field of layout.fields) {
      if (/pad|unused|reserved/i.test(field.name)) continue;
      visit(field.layout, path === '' ? field.name : `${path}.${field.name}`, found);
    }
    return;
  }
  const omit = (reason: string) => found.omitted.push({ field: path || 'the key', reason });
  if (layout.kind === 'union') return void omit('it is a union: say which member');
  if (layout.kind === 'opaque') return void omit('it is no number or text');
  const name = labelName(path);
  if (found.labels.some((label) => label.name === name)) return void omit(`label "${name}" has another field already`);
  if (layout.kind === 'array') {
    const isText = layout.element.kind === 'integer' && layout.element.size === 1;
    if (!isText) return void omit('it is an array');
    const isMac = layout.count === 6 && /mac|addr/.test(name);
    const isAddress = (layout.count === 16 || layout.count === 4) && /addr|ip/.test(name);
    const decode = isMac
      ? 'mac'
      : isAddress
        ? 'inet'
        : layout.element.kind === 'integer' && layout.element.encoding === 'char'
          ? undefined
          : 'string';
    found.labels.push({ name, field: path || undefined, decode });
    return;
  }
  const last = path.split('.').at(-1)!.toLowerCase();
  const meaning = meanings.find(
    ([pattern, , bytes]) => pattern.test(last) && (bytes === undefined || bytes === layout.size),
  );
  const decode = layout.kind === 'integer' ? meaning?.[1] : undefined;
  found.labels.push({ name, field: path || undefined, decode });
}

/** `key` for the whole key; `le` and `quantile` have a meaning of their own. */
function labelName(path: string): string {
  const text = path
    .replace(/\W+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  if (text === '' || /^\d/.test(text)) return `key${text === '' ? '' : `_${text}`}`;
  return text === 'le' || text === 'quantile' ? `${text}_` : text;
}
