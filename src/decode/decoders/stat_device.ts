import { deviceDecoder } from '../names/device_names.js';

/**
 * The name of a block device by its number in the encoding of stat(2): 12 bits of minor number, 12 bits of major and 8 bits of
 * minor number. `8:1` when there is no such device.
 */
export const statDevice = deviceDecoder((encoded) => [
  (encoded >>> 8) & 0xfff,
  ((encoded >>> 20) << 8) | (encoded & 0xff),
]);
