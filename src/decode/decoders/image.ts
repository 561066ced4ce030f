import { cgroupDecoder } from '../names/cgroup_names.js';

/** The image of the container that a cgroup belongs to. */
export const image = cgroupDecoder('image');
