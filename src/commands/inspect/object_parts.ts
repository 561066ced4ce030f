/** What a BPF object consists of: programs with their hooks, maps with the layouts of their keys and values. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Btf } from '../../decode/btf/btf.js';
import { parseBtf } from '../../decode/btf/parser.js';
import { describeMap, type MapDescription } from '../../decode/map_description.js';
import { fault, SantaError } from '../../errors/fault.js';
import { isAttachable } from '../../kernel/attach/attachers.js';
import { type Hook, hookOf } from '../../kernel/attach/kinds.js';
import type { KernelContext } from '../../kernel/kernel_context.js';
import { maximumObjectBytes, openObject, unfitness } from '../../kernel/object_file.js';
import { isMapIterator } from '../../kernel/program_section.js';
import { mapKind } from '../../maps/map_kind.js';

export interface ObjectProgram {
  readonly name: string;
  readonly section: string;
  /** The kind of its hook, as docs/hooks.md names it; null if the exporter knows none for this section. */
  readonly kind: string | null;
  /** What the section leaves open, with a setting that says it; null if nothing. */
  readonly missing: { readonly what: string; readonly example: string } | null;
  /** Why it cannot be attached as it is, in a clause about it; null if it can. */
  readonly problem: string | null;
}

export interface ObjectMap extends MapDescription {
  readonly maxEntries: number;
  /** Whether metrics can read its entries. */
  readonly isReadable: boolean;
  /** Why its types cannot be read; null if they can. */
  readonly problem: string | null;
}

export interface ObjectParts {
  /** Absolute. */
  readonly path: string;
  readonly programs: readonly ObjectProgram[];
  readonly maps: readonly ObjectMap[];
  readonly btf: Btf;
}

/**
 * Opens an object without loading it, and closes it again.
 * @throws SantaError OBJECT_INVALID, BTF_INVALID
 */
export function readObject(context: KernelContext, file: string): ObjectParts {
  const path = resolve(file);
  const reason = existsSync(path) ? unfitness(path, maximumObjectBytes) : 'there is no such file';
  if (reason !== undefined) throw fault('OBJECT_INVALID', { path, reason });
  const object = openObject(context, path);
  try {
    const raw = object.btf();
    if (raw === undefined) throw fault('OBJECT_INVALID', { path, reason: 'it has no type information (BTF)' });
    const btf = parseBtf(raw);
    const programs = object.programs().map(({ name, section }): ObjectProgram => {
      const hook = hookOf(name, section);
      return {
        name,
        section,
        kind: hook?.kind.name ?? null,
        missing: hook?.kind.missing?.(hook.target, hook.settings) ?? null,
        problem: problemOf(section, hook),
      };
    });
    const maps = object.maps().map((map): ObjectMap => {
      const definition = { ...map, name: map.section ?? map.name, type: map.typeName };
      const base = { maxEntries: map.maxEntries, isReadable: mapKind(map.typeName).isReadable };
      try {
        return { ...describeMap(btf, definition), ...base, problem: null };
      } catch (error) {
        if (!(error instanceof SantaError)) throw error;
        const { name, type, keySize, valueSize } = definition;
        return { name, type, keySize, valueSize, ...base, problem: error.message };
      }
    });
    return { path, programs, maps, btf };
  } finally {
    object.close();
  }
}

function problemOf(section: string, hook: Hook | undefined): string | null {
  if (hook === undefined) return 'its section does not say what kind of program it is';
  if (isMapIterator(section)) return 'nothing says which map it visits: list it under `iterators` with `over: MAP`';
  return isAttachable(hook.kind.family) ? null : (hook.kind.reason ?? null);
}
