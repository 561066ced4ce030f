/** The steps of each purpose of the set-up. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackBenchTools } from './bench_tools.mjs';
import { buildBpf, buildNative, buildTestAddon, buildTypeScript, buildWorkload } from './builds.mjs';
import { installNpmPackages } from './npm_packages.mjs';
import { SetupFault } from './step.mjs';
import { installSystemPackages } from './system_packages.mjs';
import { unpackTestPython } from './test_python.mjs';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const builds = [buildNative, buildBpf, buildTypeScript];

/** @type {Record<string, ((root: string) => Promise<void>)[]>} */
const purposes = {
  lint: [installNpmPackages],
  build: [(root) => installSystemPackages(root, 'build'), installNpmPackages, ...builds],
  bench: [(root) => installSystemPackages(root, 'build'), installNpmPackages, ...builds, unpackBenchTools],
  test: [
    (root) => installSystemPackages(root, 'test'),
    installNpmPackages,
    ...builds,
    buildTestAddon,
    buildWorkload,
    unpackTestPython,
  ],
};

/**
 * Runs the steps of a purpose.
 * @param {string | undefined} purpose lint, build, bench or test
 * @returns {Promise<number>} the exit code: 0, 1 when a step failed, 2 for an unknown purpose
 */
export async function prepare(purpose) {
  const steps = Object.hasOwn(purposes, purpose ?? '') ? purposes[purpose ?? ''] : undefined;
  if (steps === undefined) {
    const problem = purpose === undefined ? 'The set-up needs a purpose' : `The set-up knows no purpose "${purpose}"`;
    console.error(`${problem}. Choose one of: ${Object.keys(purposes).join(', ')}.`);
    return 2;
  }
  try {
    for (const step of steps) await step(root);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    console.error(`\nSet-up stopped: ${error.message}`);
    return 1;
  }
}
