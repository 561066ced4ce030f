import { cgroupDecoder } from '../names/cgroup_names.js';

/** The innermost systemd slice that a cgroup belongs to. */
export const slice = cgroupDecoder('slice');
