import { cgroupDecoder } from '../names/cgroup_names.js';

/** The whole id of the container that a cgroup belongs to. */
export const containerId = cgroupDecoder('container_id');
