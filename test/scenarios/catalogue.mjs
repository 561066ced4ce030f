import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'reproducers');

/** Every scenario by name, which is the stem of its file. */
export const catalogue = new Map(
  await Promise.all(
    readdirSync(folder)
      .sort()
      .map(async (file) => {
        /** @type {{ default: import('./scenario.mjs').Scenario }} */
        const { default: scenario } = await import(pathToFileURL(join(folder, file)).href);
        return /** @type {const} */ ([file.replace(/\.mjs$/, ''), scenario]);
      }),
  ),
);

/**
 * Orders scenarios that share one stack. Light ones run in parallel. Then the ones that load the whole machine run one
 * after the other.
 *
 * @param {readonly string[]} names
 */
export function schedule(names) {
  /** @param {string} name */
  const isParallel = (name) => {
    const scenario = catalogue.get(name);
    return scenario?.light === true || scenario?.unsupported?.() !== undefined;
  };
  return { parallel: names.filter(isParallel), sequential: names.filter((name) => !isParallel(name)) };
}
