import { existsSync } from 'node:fs';

const version1 = '/sys/fs/cgroup/memory/memory.limit_in_bytes';

/** A file that exists if this machine can limit the memory of a cgroup (version 1 or 2), for `needs({ files: [memoryController] })`. */
export const memoryController = existsSync(version1) ? version1 : '/sys/fs/cgroup/cgroup.subtree_control';
