// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Counts dropped packets by reason and network device, and drops without a reason also by kernel function.
#include "santabpf.h"
#include "identity.h"
#include "kernel/net.h"
#include "preemption.h"

/* Own reasons, above the 32 bits of kernel reasons. The probe's YAML file names them. */
enum own_reason {
	other_subsystem = 0,
	mac80211 = 1,
	openvswitch = 2,
	unknown = 3,
};
#define OWN_REASON(NUMBER) ((1ULL << 32) | (NUMBER))

struct drop {
	__u64 reason;
	char device[16];
	__u64 cgroup;
};

PERCPU_HASH(drops, struct drop, __u64, 4096);
/* Keyed by the code address of the drop. */
PERCPU_HASH(unexplained, __u64, __u64, 2048);

/* A module numbers the reasons of its subsystem. They are not in the kernel's enum, and the module may be unloaded. */
static __always_inline __u64 reason_of_subsystem(__u32 subsystem)
{
	if (bpf_core_enum_value_exists(enum skb_drop_reason_subsys, SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE) &&
	    subsystem == bpf_core_enum_value(enum skb_drop_reason_subsys, SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE))
		return OWN_REASON(mac80211);
	if (bpf_core_enum_value_exists(enum skb_drop_reason_subsys, SKB_DROP_REASON_SUBSYS_OPENVSWITCH) &&
	    subsystem == bpf_core_enum_value(enum skb_drop_reason_subsys, SKB_DROP_REASON_SUBSYS_OPENVSWITCH))
		return OWN_REASON(openvswitch);
	return OWN_REASON(other_subsystem);
}

/* Until 6.3, a few callers passed this reason for packets that were consumed, not dropped. */
static __always_inline bool is_consumed(__u32 reason)
{
	return bpf_core_enum_value_exists(enum skb_drop_reason, SKB_CONSUMED) &&
	       reason == bpf_core_enum_value(enum skb_drop_reason, SKB_CONSUMED);
}

#define count_in(MAP, KEY)                                                                                             \
	({                                                                                                             \
		__u64 *count_ = lookup_or_try_init(MAP, KEY);                                                          \
		if (count_)                                                                                            \
			add(count_, 1);                                                                                \
	})

/* That of its receiver, or else of its sender. 0 if the packet belongs to no local socket, or does not reach it. */
static __always_inline __u64 cgroup_of_packet(const struct sk_buff *packet, const struct sock *receiver)
{
	if (!identity_cgroup)
		return 0;
	return cgroup_of_socket(receiver ? receiver : BPF_CORE_READ((const struct sk_buff___socket *)packet, sk));
}

static __always_inline int count_drop(__u64 reason, const struct sk_buff *packet, const struct sock *receiver)
{
	struct drop drop = { .reason = reason };

	device_of(packet, receiver, drop.device);
	drop.cgroup = cgroup_of_packet(packet, receiver);
	count_in(drops, &drop);
	return 0;
}

static __always_inline int count_reason(const struct sk_buff *packet, const void *location, __u32 reason,
					const struct sock *receiver)
{
	__u64 address = (__u64)location;

	if (is_consumed(reason))
		return 0;
	if (reason > 0xffff)
		return count_drop(reason_of_subsystem(reason >> 16), packet, receiver);
	if (reason == bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_NOT_SPECIFIED))
		count_in(unexplained, &address);
	return count_drop(reason, packet, receiver);
}

/* The receiver is an argument since c53795d48ee8 ("net: add rx_sk to trace_kfree_skb"), Linux 6.11. */
INTERRUPT_TRACEPOINT(skb, kfree_skb, drop_packet,
		(const struct sk_buff *packet, const void *location, __u32 reason, const struct sock *receiver),
		count_reason(packet, location, reason, receiver),
		struct trace_event_raw_kfree_skb,
		count_reason(event->skbaddr, event->location, event->reason, event->rx_sk))

WITH_TWIN(kfree_skb, drop_packet_before_6_11, (const struct sk_buff *packet, const void *location, __u32 reason),
	  count_reason(packet, location, reason, 0))

/* Before c504e5c2f964 ("net: skb: introduce kfree_skb_reason()"), Linux 5.17, drops have no reason. */
SEC("tp_btf/kfree_skb")
int BPF_PROG(drop_packet_before_5_17, const struct sk_buff *packet, const void *location)
{
	__u64 address = (__u64)location;

	count_in(unexplained, &address);
	return count_drop(OWN_REASON(unknown), packet, 0);
}
