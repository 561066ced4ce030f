import { fieldFaults } from './field_faults.js';
import { mapFaults } from './map_faults.js';
import { programFaults } from './program_faults.js';

/** What is wrong with a BPF object, or does not fit between it and its probe file. */
export const probeFaults = { ...programFaults, ...mapFaults, ...fieldFaults } as const;
