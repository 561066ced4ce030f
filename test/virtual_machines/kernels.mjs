/**
 * The kernels to test: the oldest supported one, the ones of current Debian releases, and the newest.
 *
 * @typedef {object} Kernel
 * @property {string} name short name for the command line
 * @property {string} suite Debian suite of the cloud kernel
 * @property {boolean} [service] whether a second machine runs systemd, and the exporter as its service
 */

/** @type {readonly Kernel[]} */
export const kernels = [
  { name: '5.10', suite: 'bullseye' },
  { name: '6.1', suite: 'bookworm' },
  { name: '6.12', suite: 'bookworm-backports', service: true },
  { name: 'newest', suite: 'sid' },
];
