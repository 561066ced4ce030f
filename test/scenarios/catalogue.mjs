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
 * after the other, and last the ones that stop the exporter.
 *
 * @param {readonly string[]} names
 */
export function schedule(names) {
  /** @param {string} name */
  const groupOf = (name) => {
    const scenario = catalogue.get(name);
    if (scenario?.last) return 'last';
    return scenario?.light || scenario?.unsupported?.() !== undefined ? 'parallel' : 'alone';
  };
  const of = (/** @type {string} */ group) => names.filter((name) => groupOf(name) === group);
  return { parallel: of('parallel'), sequential: [...of('alone'), ...of('last')] };
}
