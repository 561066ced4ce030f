/**
 * The servers and load generators of the benchmarks. Debian's packages are unpacked to .cache/bench, not installed: no
 * service appears on the machine.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Archive, releaseOfMachine } from './debian_archive.mjs';
import { SetupFault, say } from './step.mjs';
import { once } from './unpacked_folder.mjs';

const packages = ['redis-server', 'redis-tools', 'nginx', 'wrk'];

/** @param {string} root the project's folder */
export async function unpackBenchTools(root) {
  const cache = join(root, '.cache/bench');
  mkdirSync(cache, { recursive: true });
  try {
    await once(join(cache, 'tools'), async (folder) => {
      say(`unpacking ${packages.join(', ')} to .cache/bench ...`);
      const archive = new Archive(join(cache, 'apt'), [releaseOfMachine()], { assumeMachine: true });
      await archive.unpackWithDependencies(packages, folder);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new SetupFault(
      `Cannot unpack the servers of the benchmarks: ${reason}\nCheck that apt-get can download from a Debian mirror, then run this again.`,
    );
  }
}
