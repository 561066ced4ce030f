import { join } from 'node:path';
import { visible } from '../../visible_text.js';
import { type Decoder, integerDecoder } from '../decoder.js';
import { perContext } from '../per_context.js';
import { BatchLookup } from './batch_lookup.js';
import { readPieces } from './kallsyms.js';

/** Where distributions keep the list. */
const files = ['usr/share/misc/pci.ids', 'usr/share/hwdata/pci.ids'];
const nameLimit = 4096;

/** The wanted names of the host's pci.ids. A key is a line's place in the list: `8086`, `8086 1533`, `C 02`, `C 02 00`. */
const pciNames = perContext(
  ({ roots }) => new BatchLookup((keys: readonly string[]) => findNames(roots.root, keys), { keys: nameLimit }),
);

async function findNames(root: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(keys);
  for (const file of files) {
    const names = new Map<string, string>();
    try {
      await readNames(join(root, file), (key, name) => {
        if (wanted.has(key) && !names.has(key)) names.set(key, name());
      });
      return names;
    } catch {
      // The host has no such file.
    }
  }
  return new Map();
}

async function readNames(path: string, take: (key: string, name: () => string) => void): Promise<void> {
  let parent = '';
  await readPieces(path, (data, length) => {
    let start = 0;
    for (let end = data.indexOf(10); end !== -1 && end < length; end = data.indexOf(10, start)) {
      const line = data.toString('latin1', start, Math.min(end, start + 8));
      const match = /^(?:(?<top>(?:C )?[0-9a-f]+)|\t(?<child>[0-9a-f]+)) {2}/.exec(line);
      if (match?.groups !== undefined) {
        const { top, child } = match.groups;
        if (top !== undefined) parent = top;
        const from = start + match[0].length;
        take(top ?? `${parent} ${child}`, () => visible(data.toString('utf8', from, end).trim()));
      }
      start = end + 1;
    }
    return start;
  });
}

/**
 * A decoder of PCI ids. The text of an unknown id is `0x` and its hexadecimal digits.
 * @param digits of the id as a whole
 * @param keyOf the place in the list, by these digits
 */
export function pciDecoder(digits: number, keyOf: (digits: string) => string): Decoder {
  const padded = (integer: number | bigint) => integer.toString(16).padStart(digits, '0');
  const byName = integerDecoder(
    'an integer',
    (context) => {
      const names = pciNames(context);
      return (integer) => names.get(keyOf(padded(integer))) ?? `0x${padded(integer)}`;
    },
    false,
  );
  return {
    takes: byName.takes,
    compile(field, context, settings) {
      const compiled = byName.compile(field, context, settings);
      const read = field.integer(false);
      if (compiled === undefined || read === undefined) return undefined;
      const names = pciNames(context);
      return { ...compiled, announce: (bytes) => names.want(keyOf(padded(read(bytes)))), prepare: () => names.load() };
    },
  };
}
