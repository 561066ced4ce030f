import { cgroupDecoder } from '../names/cgroup_names.js';

/** The systemd unit that a cgroup belongs to. */
export const unit = cgroupDecoder('unit');
