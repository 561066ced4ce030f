import { writeFileSync } from 'node:fs';
import { Faults, fault } from '../errors/fault.js';

/**
 * Writes the file that a flag of a command names.
 * @param flag without `--`
 * @throws Faults OUTPUT_FAILED
 */
export function writeOutput(flag: string, path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/, open .*$/, '') : String(cause);
    throw new Faults([fault('OUTPUT_FAILED', { flag, path, reason }, { cause })]);
  }
}
