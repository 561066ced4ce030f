/** What each purpose needs, in order. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBpf, buildNative, buildTypeScript, buildWorkload } from './builds.mjs';
import { installNpmPackages } from './npm_packages.mjs';
import { SetupFault } from './step.mjs';
import { installSystemPackages } from './system_packages.mjs';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** @type {Record<string, ((root: string) => Promise<void>)[]>} */
const purposes = {
  lint: [installNpmPackages],
  build: [(root) => installSystemPackages(root, 'start'), installNpmPackages, buildNative, buildBpf, buildTypeScript],
  start: [(root) => installSystemPackages(root, 'start'), installNpmPackages, buildNative, buildBpf, buildTypeScript],
  test: [
    (root) => installSystemPackages(root, 'test'),
    installNpmPackages,
    buildNative,
    buildBpf,
    buildTypeScript,
    buildWorkload,
  ],
};

/**
 * Runs the steps of a purpose.
 * @param {string | undefined} purpose one of start, test, build, lint
 * @returns {Promise<number>} the exit code: 0, 1 for a step that failed, 2 for an unknown purpose
 */
export async function prepare(purpose) {
  const steps = Object.hasOwn(purposes, purpose ?? '') ? purposes[purpose ?? ''] : undefined;
  if (steps === undefined) {
    console.error(`Expected one of ${Object.keys(purposes).join(', ')} but received "${purpose ?? ''}".`);
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
