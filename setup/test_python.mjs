/**
 * A Python that writes perf maps (3.12 or newer), for the tests of symbols. Where the machine has none, Debian's is unpacked to
 * .cache/python with everything that it needs, not installed.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Archive } from './debian_archive.mjs';
import { SetupFault, say } from './step.mjs';
import { once } from './unpacked_folder.mjs';

const installed = ['/usr/bin/python3.14', '/usr/bin/python3.13', '/usr/bin/python3.12'];

/**
 * @param {string} root the project's folder
 * @returns {string[] | undefined} the command to run it; undefined if the machine has none and none is unpacked
 */
export function testPython(root) {
  const found = installed.find((path) => existsSync(path));
  if (found !== undefined) return [found];
  const folder = join(root, '.cache/python/root');
  const library = join(folder, `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);
  const loader = join(library, process.arch === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2');
  const python = join(folder, 'usr/bin/python3.13');
  // With the C library of its own release.
  return existsSync(python) ? [loader, '--library-path', library, python] : undefined;
}

/** @param {string} root the project's folder */
export async function unpackTestPython(root) {
  if (testPython(root) !== undefined) return;
  const cache = join(root, '.cache/python');
  mkdirSync(cache, { recursive: true });
  try {
    await once(join(cache, 'root'), async (folder) => {
      say('unpacking python3.13 to .cache/python ...');
      await new Archive(join(cache, 'apt'), ['trixie']).unpackWithDependencies(['python3.13-minimal'], folder);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new SetupFault(
      `Cannot unpack Python for the tests: ${reason}\nCheck that apt-get can download from a Debian mirror, then run this again.`,
    );
  }
}
