import { createHash } from 'node:crypto';
import type { ProbeConfiguration } from '../config/configuration.js';
import { readRegularFile } from '../config/file_text.js';
import { maximumObjectBytes } from '../kernel/object_file.js';

/**
 * Equal for two configurations of a probe that run alike in the kernel: the same compiled object and the same settings,
 * limits of series and budgets excepted. The object is that of the script, or the first candidate that can be read.
 */
export function fingerprint({ spec, objectCandidates, script }: ProbeConfiguration): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify(
      { ...spec, budget: undefined, metrics: spec.metrics.map(({ limit: _, ...metric }) => metric) },
      (_, value) => (typeof value === 'bigint' ? `${value}n` : value),
    ),
  );
  if (script !== undefined) return hash.update(script.object).digest('hex');
  for (const candidate of objectCandidates) {
    try {
      hash.update(readRegularFile(candidate, maximumObjectBytes));
      return hash.digest('hex');
    } catch {
      hash.update(`${candidate} cannot be read\n`);
    }
  }
  return hash.digest('hex');
}
