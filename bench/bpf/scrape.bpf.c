// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// A hash map of counters for the scrape benchmark. meter.c fills it. A task that takes a certain name increments every entry.
#include "santabpf.h"

struct key {
	__u32 process;
	__u16 device;
	__u16 operation;
	char command[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, __u64);
} events SEC(".maps");

static long move(void *map, const struct key *key, __u64 *value, void *context)
{
	add(value, 1 + key->process % 7);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(move_all, void *task, const char *name)
{
	static const char wanted[] = "santabpf-move";
	char start[sizeof(wanted)];

	if (bpf_probe_read_kernel(start, sizeof(start), name))
		return 0;
	for (int i = 0; i < sizeof(wanted); i++)
		if (start[i] != wanted[i])
			return 0;
	bpf_for_each_map_elem(&events, move, 0, 0);
	return 0;
}
