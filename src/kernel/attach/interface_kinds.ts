import type { AttachRequest, AttachSetting } from '../load_request.js';
import type { Kind, Missing } from './kinds.js';

const SOCKET_FILTER = 1;
const SCHED_CLS = 3;
const XDP = 6;
const CGROUP_SKB = 8;
const SOCK_OPS = 13;
const CGROUP_SOCK_ADDR = 18;
const SK_SKB = 14;
const SK_MSG = 16;
const BPF_CGROUP_INET_INGRESS = 0;
const BPF_CGROUP_INET_EGRESS = 1;
const BPF_CGROUP_SOCK_OPS = 3;
const BPF_SK_SKB_STREAM_PARSER = 4;
const BPF_SK_SKB_STREAM_VERDICT = 5;
const BPF_SK_MSG_VERDICT = 7;
const BPF_XDP = 37;
const BPF_TCX_INGRESS = 46;
const BPF_TCX_EGRESS = 47;
/** The first of the attach types for Unix sockets, in the order of `unixCalls`. */
const BPF_CGROUP_UNIX_CONNECT = 49;

function interfaces(_: string | undefined, settings: AttachRequest): Missing | undefined {
  if (settings.interfaces !== undefined) return undefined;
  return { what: 'which network interfaces it is attached to', example: '{ interfaces: [eth0] }' };
}

function directedInterfaces(target: string | undefined, settings: AttachRequest): Missing | undefined {
  if (settings.interfaces !== undefined && (target ?? settings.direction) !== undefined) return undefined;
  return {
    what: 'which network interfaces and which direction it is attached to',
    example: '{ interfaces: [eth0], direction: ingress }',
  };
}

function socketMap(_: string | undefined, { map }: AttachRequest): Missing | undefined {
  return map === undefined
    ? { what: 'which map of sockets it is attached to', example: '{ map: sockets }' }
    : undefined;
}

const direction: readonly AttachSetting[] = ['interfaces', 'direction'];
const none: readonly AttachSetting[] = [];

/** Sections `cgroup/...` that libbpf knows. */
const cgroupHooks =
  'skb|sock|sock_create|sock_release|post_bind[46]|dev|sysctl|[gs]etsockopt|' +
  '(?:bind|connect|sendmsg|recvmsg|getpeername|getsockname)[46]';
const unixCalls = ['connect', 'sendmsg', 'recvmsg', 'getpeername', 'getsockname'] as const;

/** Programs that see packets and sockets. */
export const interfaceKinds: readonly Kind[] = [
  {
    name: 'xdp',
    section: /^xdp(?:\.frags)?$/,
    family: 'interface',
    settings: ['interfaces', 'mode'],
    numbers: { type: XDP, attachType: BPF_XDP },
    missing: interfaces,
  },
  {
    name: 'tc',
    section: /^(?:tc|classifier)(?:\/(?<target>ingress|egress))?$/,
    family: 'interface',
    settings: direction,
    numbers: { type: SCHED_CLS, attachType: 0 },
    missing: directedInterfaces,
  },
  {
    name: 'tcx',
    section: /^tcx\/(?<target>ingress)$/,
    family: 'interface',
    settings: direction,
    numbers: { type: SCHED_CLS, attachType: BPF_TCX_INGRESS },
    missing: directedInterfaces,
  },
  {
    name: 'tcx',
    section: /^tcx\/(?<target>egress)$/,
    family: 'interface',
    settings: direction,
    numbers: { type: SCHED_CLS, attachType: BPF_TCX_EGRESS },
    missing: directedInterfaces,
  },
  {
    name: 'socket',
    section: /^socket(?:\/.*)?$/,
    family: 'interface',
    settings: ['interfaces'],
    numbers: { type: SOCKET_FILTER, attachType: 0 },
    missing: interfaces,
  },
  {
    name: 'cgroup_skb/ingress',
    section: /^cgroup_skb\/ingress$/,
    family: 'cgroup',
    settings: ['cgroup'],
    numbers: { type: CGROUP_SKB, attachType: BPF_CGROUP_INET_INGRESS },
  },
  {
    name: 'cgroup_skb/egress',
    section: /^cgroup_skb\/egress$/,
    family: 'cgroup',
    settings: ['cgroup'],
    numbers: { type: CGROUP_SKB, attachType: BPF_CGROUP_INET_EGRESS },
  },
  {
    name: 'sockops',
    section: /^sockops$/,
    family: 'cgroup',
    settings: ['cgroup'],
    numbers: { type: SOCK_OPS, attachType: BPF_CGROUP_SOCK_OPS },
  },
  ...unixCalls.map((call, index) => ({
    name: `cgroup/${call}_unix`,
    section: new RegExp(`^cgroup/${call}_unix$`),
    family: 'cgroup' as const,
    settings: ['cgroup' as const],
    numbers: { type: CGROUP_SOCK_ADDR, attachType: BPF_CGROUP_UNIX_CONNECT + index },
  })),
  {
    name: 'cgroup',
    section: new RegExp(`^(?:lsm_cgroup/.+|cgroup/(?:${cgroupHooks}))$`),
    family: 'cgroup',
    settings: ['cgroup'],
  },
  {
    name: 'sk_msg',
    section: /^sk_msg$/,
    family: 'sockets',
    settings: ['map'],
    numbers: { type: SK_MSG, attachType: BPF_SK_MSG_VERDICT },
    missing: socketMap,
  },
  {
    name: 'sk_skb/stream_parser',
    section: /^sk_skb\/stream_parser(?:\/.*)?$/,
    family: 'sockets',
    settings: ['map'],
    numbers: { type: SK_SKB, attachType: BPF_SK_SKB_STREAM_PARSER },
    missing: socketMap,
  },
  {
    name: 'sk_skb/stream_verdict',
    section: /^sk_skb\/stream_verdict(?:\/.*)?$/,
    family: 'sockets',
    settings: ['map'],
    numbers: { type: SK_SKB, attachType: BPF_SK_SKB_STREAM_VERDICT },
    missing: socketMap,
  },
  {
    name: 'sk_skb',
    section: /^sk_skb(?:\/.*)?$/,
    family: 'unsuitable',
    settings: none,
    reason: 'its section must be sk_skb/stream_verdict or sk_skb/stream_parser',
  },
  {
    name: 'xdp/devmap',
    section: /^xdp(?:\.frags)?[/_](?:devmap|cpumap)(?:\/.*)?$/,
    family: 'unsuitable',
    settings: none,
    reason: 'it is attached to an entry of a map, which another XDP program redirects packets to',
  },
  {
    name: 'flow_dissector',
    section: /^flow_dissector$/,
    family: 'unsuitable',
    settings: none,
    reason: 'it would replace how the kernel reads the headers of packets',
  },
  {
    name: 'routing',
    section: /^(?:action|lwt_\w+|sk_lookup(?:\/.*)?|sk_reuseport(?:\/.*)?|lirc_mode2|netfilter|netkit\/.+)$/,
    family: 'unsuitable',
    settings: none,
    reason: 'it decides what happens to packets, sockets or devices instead of watching them',
  },
];
