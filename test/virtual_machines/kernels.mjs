/**
 * The kernels every shipped probe is tried on: the oldest that is supported, those of current Debian releases, the newest.
 *
 * @typedef {object} Kernel
 * @property {string} name short, as the table heads its column
 * @property {string} suite the Debian suite whose cloud kernel it is
 */

/** @type {readonly Kernel[]} */
export const kernels = [
  { name: '5.10', suite: 'bullseye' },
  { name: '6.1', suite: 'bookworm' },
  { name: '6.12', suite: 'bookworm-backports' },
  { name: 'newest', suite: 'sid' },
];
