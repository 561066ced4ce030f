import { cgroupDecoder } from '../names/cgroup_names.js';

/** The Kubernetes namespace of the pod that a cgroup belongs to. */
export const namespace = cgroupDecoder('namespace');
