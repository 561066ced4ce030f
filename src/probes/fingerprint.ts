import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ProbeConfiguration } from '../config/configuration.js';

/**
 * Equal for two configurations of a probe that run alike: the same settings, the same prefix and the same compiled object.
 * The object is the first candidate that can be read.
 */
export function fingerprint(configuration: ProbeConfiguration, prefix: string): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([configuration.spec, prefix], (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
  );
  for (const candidate of configuration.objectCandidates) {
    try {
      hash.update(readFileSync(candidate));
      return hash.digest('hex');
    } catch {
      hash.update(`${candidate} cannot be read\n`);
    }
  }
  return hash.digest('hex');
}
