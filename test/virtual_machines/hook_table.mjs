/** The tables of docs/kernels.md with one row per kind of hook, map or script, one column per kernel. */

/**
 * @typedef {object} HookRow
 * @property {string} hook
 * @property {string} state of the probe
 * @property {{ code: string; message: string }} [reason] why it is not up
 * @property {string} [since] first Linux with the hook
 * @property {number} least runs
 * @property {number} most
 * @property {number} received
 *
 * @typedef {{ release: string; rows: readonly HookRow[] }} HookColumn
 */

/**
 * @param {HookRow} row
 * @param {string} release of the kernel
 */
export function isHookRight({ state, since, least, most, received }, release) {
  if (state === 'up') return received >= least && received <= most;
  return state === 'unsupported' && since !== undefined && isBefore(release, since);
}

/**
 * @param {readonly HookColumn[]} columns
 * @param {string} [heading] of the first column
 * @returns {string} Markdown
 */
export function hookTable(columns, heading = 'hook') {
  const hooks = [...new Set(columns.flatMap(({ rows }) => rows.map(({ hook }) => hook)))];
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [
    line([heading, ...columns.map(({ release }) => release)]),
    line(['---', ...columns.map(() => '---')]),
    ...hooks.map((hook) =>
      line([
        hook,
        ...columns.map((column) =>
          cell(
            column.rows.find((row) => row.hook === hook),
            column.release,
          ),
        ),
      ]),
    ),
  ].join('\n');
}

/** @param {HookRow | undefined} row @param {string} release */
function cell(row, release) {
  if (row === undefined) return 'not run';
  const { state, least, most, received } = row;
  if (state !== 'up') return isHookRight(row, release) ? 'not in this kernel' : `**${state}**`;
  if (!isHookRight(row, release)) return `**${received} of ${least}**`;
  return least === most ? 'exact' : 'in bounds';
}

/** @param {string} release @param {string} version such as 5.18 */
function isBefore(release, version) {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = version.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
