import { increase } from '../conditions.js';

// What an error means depends on the call: ENOSPC of setxattr() is a value that is too large for its inode, of bpf() a log that is too
// short for the verifier, of semget() and clone() a limit that has nothing to do with disks.
const descriptors =
  'open(at2?)?|creat|open_by_handle_at|socket(pair)?|accept4?|dup[23]?|fcntl|epoll_create1?|eventfd2?|signalfd4?|timerfd_create|memfd_create|memfd_secret|userfaultfd|pidfd_open|pidfd_getfd|fsopen|fsmount|fspick|open_tree|io_uring_setup';
const files =
  'write|writev|pwrite64|pwritev2?|fallocate|f?truncate|open(at2?)?|creat|mkdir(at)?|mknod(at)?|link(at)?|symlink(at)?|rename(at2?)?|f(data)?sync|sync_file_range|syncfs|msync|copy_file_range|sendfile|splice|close';

/** Calls that failed because of used up descriptors or disk space. ENFILE of pipe() is a limit of its user. */
const exhausted = [
  `{errno="EMFILE",syscall=~"${descriptors}|pipe2?"`,
  `{errno="ENFILE",syscall=~"${descriptors}"`,
  `{errno=~"ENOSPC|EDQUOT",syscall=~"${files}"`,
];

/** Calls that failed at the limits of inotify. */
const watches = ['{errno="EMFILE",syscall=~"inotify_init1?"', '{errno="ENOSPC",syscall="inotify_add_watch"'];

function series(selectors: readonly string[], matcher: string): string[] {
  return selectors.map((selector) => `santabpf_refused_syscalls_total${selector}${matcher}}`);
}

/** Kinds of failed calls. */
export interface FailedCalls {
  /** PromQL for the number within a window. */
  increase(window: string): string;
  /** PromQL for the number per second, by command, user and error. */
  rate(window: string): string;
}

function failedCalls(selectors: readonly string[], by: string, matcher = ''): FailedCalls {
  const all = series(selectors, matcher);
  return {
    increase: (window) => all.map((one) => increase(one, window)).join('\n  or\n'),
    rate: (window) => `sum by (job, instance, ${by}) (${all.map((one) => `rate(${one}[${window}])`).join(' or ')})`,
  };
}

/** @param commands that are expected to fill what they write to, as the text of a matcher */
export function exhaustedCalls(commands: string): FailedCalls {
  return failedCalls(exhausted, 'command, user, errno', `,command!~"${commands}"`);
}

export const watchCalls = failedCalls(watches, 'command, user, syscall, errno');
