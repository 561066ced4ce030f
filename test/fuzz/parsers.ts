import type { Random } from './damage.js';
import { useDamagedMain, useDamagedProbe } from './foreign_files.js';
import { useDamagedStruct, useDamagedTypes } from './foreign_types.js';

/** By what is damaged: makes one input and uses it. Returns whether it was accepted, and throws what no input may cause. */
export const parsers: Readonly<Record<string, (random: Random) => boolean>> = {
  types: useDamagedTypes,
  struct: useDamagedStruct,
  probe: useDamagedProbe,
  main: useDamagedMain,
};
