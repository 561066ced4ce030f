/** The table of docs/kernels.md: one row per probe, one column per kernel. */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @typedef {object} Result
 * @property {string} what
 * @property {string} expected
 * @property {number} received
 * @property {boolean} ok
 *
 * @typedef {object} Row
 * @property {string} probe
 * @property {boolean} up
 * @property {string | undefined} reason why it is down
 * @property {readonly string[]} programs those that run
 * @property {readonly Result[]} results
 *
 * @typedef {object} ProbeStatus
 * @property {string} name
 * @property {string} state
 * @property {{ message: string }} [reason]
 * @property {readonly { name: string }[]} programs
 *
 * @typedef {{ release: string; rows: readonly Row[] }} Column
 */

const begin = '<!-- table: written by npm run test:kernels -->';
const end = '<!-- end of table -->';

/**
 * @param {readonly Column[]} columns
 * @param {ReadonlyMap<string, readonly string[]>} alternatives of each probe: programs of which one is chosen
 * @returns {string} Markdown
 */
export function tableOf(columns, alternatives) {
  const probes = [...new Set(columns.flatMap(({ rows }) => rows.map(({ probe }) => probe)))].sort();
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [
    line(['probe', ...columns.map(({ release }) => release)]),
    line(['---', ...columns.map(() => '---')]),
    ...probes.map((probe) =>
      line([
        `\`${probe}\``,
        ...columns.map(({ rows }) =>
          cell(
            rows.find((row) => row.probe === probe),
            alternatives.get(probe) ?? [],
          ),
        ),
      ]),
    ),
  ].join('\n');
}

/**
 * @param {Row | undefined} row
 * @param {readonly string[]} alternatives
 */
function cell(row, alternatives) {
  if (row === undefined) return 'not run';
  if (!row.up) return `does not load: ${(row.reason ?? 'no reason given').split('\n')[0]?.replaceAll('|', '\\|')}`;
  const right = row.results.filter(({ ok }) => ok).length;
  const counts =
    right === row.results.length ? `${right} of ${right} exact` : `**${right} of ${row.results.length} exact**`;
  const chosen = row.programs.filter((name) => alternatives.includes(name)).map((name) => `\`${name}\``);
  return [`loads; ${counts}`, ...chosen].join('; ');
}

/**
 * Replaces the table between the markers of a document.
 * @param {string} file
 * @param {string} table
 */
export function writeTable(file, table) {
  const text = readFileSync(file, 'utf8');
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`Expected "${begin}" and "${end}" in ${file}`);
  writeFileSync(file, `${text.slice(0, start + begin.length)}\n\n${table}\n\n${text.slice(stop)}`);
}
