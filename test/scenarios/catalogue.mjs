import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const own = dirname(fileURLToPath(import.meta.url));

/** Variants cause the alert of a scenario in another way. They have no rules and documents of their own. */
const files = ['reproducers', 'variants']
  .flatMap((folder) => readdirSync(join(own, folder)).map((file) => [basename(file, '.mjs'), join(own, folder, file)]))
  .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));

/** Every scenario by name, which is the stem of its file. */
export const catalogue = new Map(
  await Promise.all(
    files.map(async ([name = '', file = '']) => {
      /** @type {{ default: import('./scenario.mjs').Scenario }} */
      const { default: scenario } = await import(pathToFileURL(file).href);
      return /** @type {const} */ ([name, scenario]);
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
