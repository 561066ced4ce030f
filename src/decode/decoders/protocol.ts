import { integerDecoder } from '../decoder.js';
import { type NameRun, namesByNumber } from '../names/number_names.js';

/** IPPROTO_ of the kernel, and three that only packets carry: eigrp, ospf and vrrp. */
const runs: readonly NameRun[] = [
  [0, 'ip icmp igmp'],
  [4, 'ipip'],
  [6, 'tcp'],
  [8, 'egp'],
  [12, 'pup'],
  [17, 'udp'],
  [22, 'idp'],
  [29, 'tp'],
  [33, 'dccp'],
  [41, 'ipv6'],
  [43, 'routing fragment'],
  [46, 'rsvp gre'],
  [50, 'esp ah'],
  [58, 'icmpv6 none dstopts'],
  [88, 'eigrp ospf'],
  [92, 'mtp'],
  [94, 'beetph'],
  [98, 'encap'],
  [103, 'pim'],
  [108, 'comp'],
  [112, 'vrrp'],
  [115, 'l2tp'],
  [132, 'sctp'],
  [135, 'mh udplite mpls'],
  [143, 'ethernet aggfrag'],
  [255, 'raw smc'],
  [262, 'mptcp'],
];
const names = namesByNumber(runs);

/** `tcp` for 6; decimal digits for a number without a name. */
export const protocol = integerDecoder('an integer', () => (integer) => names[Number(integer)] ?? String(integer));
