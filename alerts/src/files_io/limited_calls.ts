import { increase } from '../conditions.js';
import type { Identity } from '../identity.js';
import { define, record } from '../rule.js';

const counter = 'santabpf_refused_syscalls_total{errno=~"EMFILE|ENFILE|ENOSPC|EDQUOT"}';

/** Name of the recording of calls that failed at a limit, of any kind, within a window. */
export function limitedCalls(events: string, identity: Identity): string {
  return `instance_${identity.level('user', 'syscall', 'errno')}:santabpf_limited_syscalls:increase${events}`;
}

/** Those of them that still fail: with a `for` longer than the window, one burst is not enough. */
export function goOnFailing(calls: string, rate: string, identity: Identity): string {
  return `${calls} and on (job, instance, ${identity.list}, user, syscall, errno) rate(${counter}[${rate}]) > 0`;
}

export const limited = define({}, ({ identity, events }) => [
  record(limitedCalls(events, identity), increase(counter, events)),
]);
