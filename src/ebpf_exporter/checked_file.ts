import type { z } from 'zod';
import { issueFaults } from '../config/issue_faults.js';
import type { Tree } from '../config/yaml_tree.js';
import type { SantaError } from '../errors/fault.js';
import { type ForeignFile, foreignFile } from './file_schema.js';

/** A file of ebpf_exporter after its checks. */
export interface CheckedFile {
  /** Undefined if it has faults. */
  readonly file: ForeignFile | undefined;
  readonly faults: readonly SantaError[];
  /** Settings that ebpf_exporter does not know, and ignores. */
  readonly unknown: readonly SantaError[];
}

/** Checks a file. Settings that ebpf_exporter does not know are warnings, because it ignores them. */
export function checkForeignFile(tree: Tree): CheckedFile {
  const page = 'docs/migrating.md';
  const { error } = foreignFile.safeParse(tree.value);
  const unknown = (error?.issues ?? []).filter(({ code }) => code === 'unrecognized_keys');
  const value = structuredClone(tree.value);
  for (const { path, keys } of unknown as readonly z.core.$ZodIssueUnrecognizedKeys[]) {
    const place = path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown>)[step], value);
    for (const key of keys) delete (place as Record<string, unknown>)[key];
  }
  const { data, error: others } = foreignFile.safeParse(value);
  return {
    file: data,
    faults: issueFaults(others?.issues ?? [], tree, page),
    unknown: issueFaults(unknown, tree, page),
  };
}
