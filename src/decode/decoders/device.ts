import { deviceDecoder } from '../names/device_names.js';

const minors = 2 ** 20;

/**
 * The name of a block device, as in /proc/diskstats: `sda1`, `dm-0`. `8:1` when there is no such device. The field is
 * the kernel's own dev_t, 12 bits of major above 20 bits of minor number.
 */
export const device = deviceDecoder((encoded) => [Math.floor(encoded / minors), encoded % minors]);
