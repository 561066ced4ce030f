/** How the running kernel was built. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A configuration is some 300 KB. */
const maximumBytes = 16 << 20;

export interface KernelConfiguration {
  readonly file: string;
  /** `y`, `m` or another value by the name of the option, such as `CONFIG_BPF`. An option that is not set is absent. */
  readonly options: ReadonlyMap<string, string>;
}

/** Where distributions keep the configuration of a kernel. */
export function configurationFiles(release: string): string[] {
  return [
    '/proc/config.gz',
    `/boot/config-${release}`,
    `/lib/modules/${release}/config`,
    `/usr/lib/modules/${release}/config`,
  ];
}

/** The first of the files that can be read; undefined if none can. */
export function readKernelConfiguration(files: readonly string[]): KernelConfiguration | undefined {
  for (const file of files) {
    const text = readConfiguration(file);
    if (text !== undefined) return { file, options: parseConfiguration(text) };
  }
  return undefined;
}

function readConfiguration(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    const plain = file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: maximumBytes }) : bytes;
    return plain.toString('latin1');
  } catch {
    return undefined;
  }
}

function parseConfiguration(text: string): Map<string, string> {
  const lines = text.matchAll(/^(CONFIG_\w+)=(.*)$/gm);
  return new Map([...lines].map(([, name, value]) => [name!, value!]));
}
