/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Packets, network devices and network namespaces, reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* Names only. Read the running kernel's numbers with bpf_core_enum_value. */
enum skb_drop_reason {
	SKB_CONSUMED,
	SKB_DROP_REASON_NOT_SPECIFIED,
};

enum skb_drop_reason_subsys {
	SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE,
	SKB_DROP_REASON_SUBSYS_OPENVSWITCH,
};

/* Declared in kernel/tcp.h. The ___ types add the fields that only packets need. */
struct sock;
struct sk_buff;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct net {
	struct hlist_head *dev_index_head;
};

struct net_device {
	char name[16];
	int ifindex;
	struct hlist_node index_hlist;
	struct {
		struct net *net;
	} nd_net;
};

struct sock_common___net {
	struct {
		struct net *net;
	} skc_net;
};

struct sock___net {
	struct sock_common___net __sk_common;
};

struct dst_entry {
	struct net_device *dev;
};

struct sk_buff___device {
	struct net_device *dev;
	int skb_iif;
	unsigned long _skb_refdst;
};

struct sk_buff___socket {
	struct sock *sk;
};

struct trace_event_raw_kfree_skb {
	const struct sk_buff *skbaddr;
	const void *location;
	const struct sock *rx_sk;
	enum skb_drop_reason reason;
};

#pragma clang attribute pop

/* sk_buff._skb_refdst: the packet holds no reference to its route */
#define SKB_DST_NOREF 1UL

/* Buckets of net.dev_index_head, a power of two. */
#define NETDEV_HASHENTRIES 256

/* Devices searched in one bucket: the verifier needs a bound. */
#define MOST_DEVICES 32

/* The network namespace of a received packet, from its receiver or else from its route. NULL if it has neither. */
static __always_inline struct net *namespace_of(const struct sk_buff *packet, const struct sock *receiver)
{
	const struct dst_entry *route;

	if (receiver)
		return BPF_CORE_READ((const struct sock___net *)receiver, __sk_common.skc_net.net);
	route = (const struct dst_entry *)(BPF_CORE_READ((const struct sk_buff___device *)packet, _skb_refdst) & ~SKB_DST_NOREF);
	return route ? BPF_CORE_READ(route, dev, nd_net.net) : 0;
}

/* The kernel's dev_get_by_index. A device removed during the search yields its old name or none. */
static __always_inline void device_of_index(const struct net *namespace, int index, char *name)
{
	struct hlist_head *heads = BPF_CORE_READ(namespace, dev_index_head);
	struct hlist_node *node = 0;
	struct net_device *device;
	int i;

	bpf_probe_read_kernel(&node, sizeof(node), heads + (index & (NETDEV_HASHENTRIES - 1)));
	for (i = 0; i < MOST_DEVICES && node; i++) {
		device = (void *)node - bpf_core_field_offset(struct net_device, index_hlist);
		if (BPF_CORE_READ(device, ifindex) == index) {
			bpf_probe_read_kernel_str(name, 16, device->name);
			return;
		}
		node = BPF_CORE_READ(node, next);
	}
}

/*
 * Writes the name of the packet's device, in that device's network namespace. `name` must be zeroed; it stays zeroed if the packet
 * has no device. TCP clears `dev`, and UDP stores other data there, which is not a readable address. In both cases `skb_iif`
 * still holds the index of the receiving device.
 */
static __always_inline void device_of(const struct sk_buff *packet, const struct sock *receiver, char name[16])
{
	const struct net_device *device = BPF_CORE_READ((const struct sk_buff___device *)packet, dev);
	const struct net *namespace;
	int index;

	if (device)
		bpf_probe_read_kernel_str(name, 16, device->name);
	if (name[0])
		return;
	index = BPF_CORE_READ((const struct sk_buff___device *)packet, skb_iif);
	namespace = index ? namespace_of(packet, receiver) : 0;
	if (namespace)
		device_of_index(namespace, index, name);
}
