import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlainConfiguration } from '../../src/config/plain_configuration.js';
import type { ObjectFacts } from '../../src/ebpf_exporter/object_facts.js';
import { readForeign } from '../../src/ebpf_exporter/read.js';
import { Faults } from '../../src/errors/fault.js';

/** What a file is read with. */
export interface ForeignReading {
  readonly maps?: Readonly<Record<string, string>>;
  readonly programs?: ObjectFacts['programs'];
  /** Text of /proc/kallsyms. */
  readonly symbols?: string;
  /** There is no object. */
  readonly isAlone?: boolean;
}

/** Reads one file of ebpf_exporter, `it.yaml`. @throws Faults */
export function readFile(text: string, { maps = {}, programs = [], symbols, isAlone }: ForeignReading = {}) {
  return readFiles(
    { it: text },
    { maps, programs, ...(symbols !== undefined && { symbols }), ...(isAlone && { isAlone }) },
  );
}

/** Reads files of ebpf_exporter by name. @throws Faults */
export function readFiles(
  texts: Readonly<Record<string, string>>,
  { maps = {}, programs = [], symbols, isAlone }: ForeignReading = {},
): PlainConfiguration {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-test-'));
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, `${name}.yaml`), text);
    if (symbols !== undefined) writeFileSync(join(folder, 'kallsyms'), symbols);
    return readForeign(
      { folder, names: Object.keys(texts) },
      {
        proc: folder,
        cgroupFolder: '/sys/fs/cgroup',
        readObject: () => (isAlone ? undefined : { mapTypes: new Map(Object.entries(maps)), programs }),
      },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is wrong with a file: `line:column message`, one for each fault. */
export function faultsOf(text: string, reading: ForeignReading = {}): string[] {
  try {
    readFile(text, reading);
    return [];
  } catch (error) {
    if (!(error instanceof Faults)) throw error;
    return error.faults.map(({ location, message }) => `${location?.line}:${location?.column} ${message}`);
  }
}

/** A file with one counter that has these labels. */
export function counterWith(labels: string): string {
  return `metrics:
  counters:
    - name: calls_total
      help: Calls.
      labels:
${labels.replace(/^/gm, '        ')}
`;
}
