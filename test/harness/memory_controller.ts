import { existsSync } from 'node:fs';

const first = '/sys/fs/cgroup/memory/memory.limit_in_bytes';

/** What is there when this machine can limit the memory of a cgroup, of version 1 or 2: for `needs({ files: [memoryController] })`. */
export const memoryController = existsSync(first) ? first : '/sys/fs/cgroup/cgroup.subtree_control';
