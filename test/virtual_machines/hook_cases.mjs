/**
 * Hooks that a probe file chooses: the programs of a fixture, what `programs.attach` says about them, and how often they run while
 * hooks.mjs does its work.
 *
 * @typedef {object} HookCase
 * @property {string} hook first cell of its row in docs/kernels.md
 * @property {'kernel_hooks' | 'network_hooks'} object in test/fixtures/bpf
 * @property {Readonly<Record<string, object>>} attach settings of the programs; all others are skipped
 * @property {keyof typeof works} work
 * @property {number} [each] runs per unit of work, 1 by default
 * @property {string} [since] first Linux with the hook: before, the probe may be unsupported
 */

/** How much work hooks.mjs does. */
export const works = { calls: 150, opens: 40, ends: 2, datagrams: 60, connects: 7 };

/** Every program of the fixtures. */
export const programs = {
  kernel_hooks: [
    ...['enter_classic', 'leave_classic', 'enter', 'leave', 'decide', 'enter_many', 'leave_many', 'enter_call'],
    ...['leave_call', 'trace_call', 'enter_user', 'enter_many_user', 'check_open'],
  ],
  network_hooks: [
    ...['count_xdp', 'count_frags', 'count_tc', 'count_tc_egress', 'count_classifier', 'count_tcx', 'count_tcx_egress'],
    ...['count_tapped', 'count_received', 'count_sent', 'count_connects', 'count_connections'],
  ],
};

const chosen = { function: '__x64_sys_getppid' };
// The kernel's BTF has no functions of system calls.
const opening = { function: 'security_file_open' };
// Matches a symbol that cannot be traced, too: __pfx___x64_sys_getppid.
const many = { functions: '*__x64_sys_getppi?' };
const onLoopback = { interfaces: ['lo'] };

/** @type {readonly HookCase[]} */
export const hookCases = [
  onCalls('`tracepoint`', { trace_call: {} }),
  onCalls('`kprobe`', { enter_classic: chosen }),
  onCalls('`kretprobe`', { leave_classic: chosen }),
  // Linux 5.18, but Debian's 6.1 is built without CONFIG_FPROBE.
  { ...onCalls('`kprobe.multi`', { enter_many: many }), since: '6.12' },
  { ...onCalls('`kretprobe.multi`', { leave_many: many }), since: '6.12' },
  onCalls('`ksyscall`', { enter_call: {} }),
  onCalls('`kretsyscall`', { leave_call: {} }),
  onOpens('`fentry`', { enter: opening }),
  onOpens('`fexit`', { leave: opening }),
  onOpens('`fentry` and `kprobe` of one function', { enter: opening, enter_classic: opening }),
  onOpens('`fmod_ret`', { decide: opening }),
  onOpens('`lsm`', { check_open: {} }),
  onEnds('`uprobe`', { enter_user: { binary: 'WORKLOAD', symbol: 'end' } }),
  onEnds('`uprobe.multi`', { enter_many_user: { binary: 'WORKLOAD', symbols: 'en?' } }),
  onDatagrams('`xdp`', { count_xdp: onLoopback }),
  onDatagrams('`tc`, packets that arrive', { count_tc: { ...onLoopback, direction: 'ingress' } }),
  onDatagrams('`tc`, packets that leave', { count_tc_egress: onLoopback }),
  onDatagrams('`classifier`', { count_classifier: { ...onLoopback, direction: 'ingress' } }),
  { ...onDatagrams('`tcx/ingress`', { count_tcx: onLoopback }), since: '6.6' },
  { ...onDatagrams('`tcx/egress`', { count_tcx_egress: onLoopback }), since: '6.6' },
  { ...onDatagrams('`socket`', { count_tapped: onLoopback }), each: 2 },
  onDatagrams('`cgroup_skb/ingress`', { count_received: {} }),
  onDatagrams('`cgroup_skb/egress`', { count_sent: {} }),
  onConnects('`cgroup/connect4`', { count_connects: {} }),
  onConnects('`sockops`', { count_connections: {} }),
];

/** @param {string} hook @param {HookCase['attach']} attach @returns {HookCase} */
function onCalls(hook, attach) {
  return { hook, object: 'kernel_hooks', attach, work: 'calls' };
}

/** @param {string} hook @param {HookCase['attach']} attach @returns {HookCase} */
function onOpens(hook, attach) {
  return { hook, object: 'kernel_hooks', attach, work: 'opens' };
}

/** @param {string} hook @param {HookCase['attach']} attach @returns {HookCase} */
function onEnds(hook, attach) {
  return { hook, object: 'kernel_hooks', attach, work: 'ends' };
}

/** @param {string} hook @param {HookCase['attach']} attach @returns {HookCase} */
function onDatagrams(hook, attach) {
  return { hook, object: 'network_hooks', attach, work: 'datagrams' };
}

/** @param {string} hook @param {HookCase['attach']} attach @returns {HookCase} */
function onConnects(hook, attach) {
  return { hook, object: 'network_hooks', attach, work: 'connects' };
}
