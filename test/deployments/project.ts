import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the project as text. */
export function text(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** A YAML file of one document; a key given twice throws. */
export function yaml<T>(path: string): T {
  const [document, ...others] = parseAllDocuments(text(path), { uniqueKeys: true });
  if (document === undefined || others.length > 0 || document.errors.length > 0) {
    throw new Error(`Expected one YAML document in ${path} but received ${document?.errors[0] ?? others.length + 1}`);
  }
  return document.toJS() as T;
}

export const version = (JSON.parse(text('package.json')) as { version: string }).version;

/** The capabilities that every way of running has, without `CAP_`. */
export const capabilities = ['BPF', 'PERFMON'];

/** Probes of the default configuration. */
export const defaultProbes = (parse(text('config/santabpf.yaml')) as { probes: unknown[] }).probes;
