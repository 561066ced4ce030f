import { cgroupDecoder } from '../names/cgroup_names.js';

/** The Kubernetes pod that a cgroup belongs to; its UID if the name is unknown. */
export const pod = cgroupDecoder('pod');
