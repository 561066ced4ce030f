import { cgroupDecoder } from '../names/cgroup_names.js';

/** The path of a cgroup by its id; decimal digits for an unknown one. */
export const cgroup = cgroupDecoder('cgroup');
