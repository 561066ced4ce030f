import { readText } from './file_text.js';
import { kernelIdentity } from './kernel_identity.js';
import { folderOf, type PlainConfiguration, probeFileOf, scriptArgument } from './plain_configuration.js';
import { probesIn } from './probe_folders.js';

/**
 * Whether reading the configuration again would have the same result: the folders list the same probe files, and every file that
 * was read has the same text. Scripts are compiled for one kernel.
 * @param file the main file, absolute; it may be another one than then
 */
export function isUnchanged(plain: PlainConfiguration, file: string): boolean {
  try {
    return (
      readText(file) === plain.places.text &&
      (plain.kernel === undefined || plain.kernel === kernelIdentity()) &&
      plain.folders.every(({ written, probes }) => isEqual(probesIn(folderOf(file, written)), probes)) &&
      plain.probes.every(
        (probe) =>
          probe.script?.path === scriptArgument || readText(probeFileOf(file, plain, probe)) === probe.places.text,
      )
    );
  } catch {
    return false;
  }
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
