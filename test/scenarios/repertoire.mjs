import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'reproducers');

/** Every scenario by its stem. */
export const repertoire = new Map(
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
 * The order in which many share one stack: the light ones at the same time, then those that take the machine, one after
 * the other, then what ends the exporter.
 *
 * @param {readonly string[]} names
 */
export function turnsOf(names) {
  /** @param {string} name */
  const turnOf = (name) => {
    const scenario = repertoire.get(name);
    if (scenario?.last) return 'last';
    return scenario?.light || scenario?.lack?.() !== undefined ? 'together' : 'alone';
  };
  const of = (/** @type {string} */ turn) => names.filter((name) => turnOf(name) === turn);
  return { together: of('together'), oneByOne: [...of('alone'), ...of('last')] };
}
