import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ProbeConfiguration } from '../config/configuration.js';

/**
 * Equal for two configurations of a probe that would run alike: the same settings, prefix and compiled object. What it
 * cannot read counts as different each time, so that it is tried again.
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
      hash.update(`${candidate} is not there\n`);
    }
  }
  return hash.digest('hex');
}
