/** The table of docs/kernels.md: one row per probe, one column per kernel. */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @typedef {object} Result
 * @property {string} what
 * @property {number} least
 * @property {number} most equal to `least` if the exact number is known
 * @property {number} received
 *
 * @typedef {object} Row
 * @property {string} probe
 * @property {boolean} up
 * @property {string | undefined} reason why it is not up
 * @property {readonly string[]} programs loaded programs
 * @property {readonly Result[]} results
 *
 * @typedef {object} ProbeStatus
 * @property {string} name
 * @property {string} state
 * @property {{ code: string; message: string }} [reason]
 * @property {readonly { name: string }[]} programs
 *
 * @typedef {{ release: string; rows: readonly Row[] }} Column
 */

const end = '<!-- end of table -->';
/** What precedes each table. */
export const marks = {
  probes: '<!-- table: written by npm run test:kernels -->',
  hooks: '<!-- table of hooks: written by npm run test:kernels -->',
  maps: '<!-- table of maps: written by npm run test:kernels -->',
  scripts: '<!-- table of scripts: written by npm run test:kernels -->',
};

/** @param {Result} result */
export function isRight({ least, most, received }) {
  return received >= least && received <= most;
}

/**
 * @param {readonly Column[]} columns
 * @param {ReadonlyMap<string, readonly string[]>} alternatives fallback programs by probe
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
  const exact = row.results.filter(({ least, most }) => least === most);
  const bounded = row.results.filter(({ least, most }) => least !== most);
  const fallbacks = row.programs.filter((name) => alternatives.includes(name)).map((name) => `\`${name}\``);
  return ['loads', ...score(exact, 'exact'), ...score(bounded, 'in bounds'), ...fallbacks].join('; ');
}

/**
 * @param {readonly Result[]} results
 * @param {string} how
 * @returns {string[]} empty if there are no results
 */
function score(results, how) {
  if (results.length === 0) return [];
  const right = results.filter(isRight).length;
  const text = `${right} of ${results.length} ${how}`;
  return [right === results.length ? text : `**${text}**`];
}

/**
 * Replaces a table in a document. Throws if a marker is missing.
 * @param {string} file
 * @param {string} begin one of `marks`
 * @param {string} table
 */
export function writeTable(file, begin, table) {
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf(begin);
  const stop = text.indexOf(end, start);
  if (start < 0 || stop < start) throw new Error(`${file} does not contain the markers "${begin}" and "${end}"`);
  writeFileSync(file, `${text.slice(0, start + begin.length)}\n\n${table}\n\n${text.slice(stop)}`);
}
