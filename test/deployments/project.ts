import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Text of a file. @param path relative to the repository */
export function text(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Parses a YAML file. Throws unless it contains exactly one valid document without duplicate keys. */
export function yaml<T>(path: string): T {
  const [document, ...others] = parseAllDocuments(text(path), { uniqueKeys: true });
  if (document === undefined || others.length > 0 || document.errors.length > 0) {
    throw new Error(`${path} is not a single YAML document: ${document?.errors[0] ?? `it has ${others.length + 1}`}`);
  }
  return document.toJS() as T;
}

export const version = (JSON.parse(text('package.json')) as { version: string }).version;

/** The capabilities that every deployment grants, without `CAP_`. */
export const capabilities = ['BPF', 'PERFMON'];

/** Probes of the default configuration. */
export const defaultProbes = (parse(text('config/santabpf.yaml')) as { probes: unknown[] }).probes;
