import { cgroupDecoder } from '../names/cgroup_names.js';

/** The name of the container that a cgroup belongs to; the short id for one without a name. */
export const container = cgroupDecoder('container');
