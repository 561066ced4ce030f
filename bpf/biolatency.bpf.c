// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// How long block devices take from issue to completion of a request, how large requests are, and which fail.
#include "santabpf.h"
#include "kernel/block.h"
#include "value_maps.h"

struct kind {
	__u32 device;
	__u32 operation;
};

struct requests {
	struct time_histogram duration;
	struct size_histogram size;
};

struct failure {
	struct kind kind;
	__u32 error;
};

/* A request between issue and completion. */
struct issued {
	__u64 ns;
	__u64 request_ns; /* when the request was made: tells it from an earlier one in the same memory */
	struct kind kind;
	__u64 size;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct issued);
} under_way SEC(".maps");

PERCPU_HASH_ON_DEMAND(requests, struct kind, struct requests, 1024);
PERCPU_HASH(failures, struct failure, __u64, 1024);

static __always_inline int remember(struct request *request)
{
	__u64 id = (__u64)request;
	struct issued issued = {
		.ns = bpf_ktime_get_ns(),
		.request_ns = request->start_time_ns,
		.kind = { .device = device_of(request), .operation = request->cmd_flags & REQ_OP_MASK },
		.size = request->__data_len,
	};
	struct issued *before = bpf_map_lookup_elem(&under_way, &id);
	struct requests *unknown;

	/* The driver was busy and gave it back, or did part of it: still the same request, under way since its first issue. */
	if (before && before->request_ns == issued.request_ns)
		return 0;
	if (!bpf_map_update_elem(&under_way, &id, &issued, BPF_ANY))
		return 0;
	/* No room: its time cannot be known, its size can. */
	unknown = overflow_of(requests);
	if (unknown)
		observe_size(&unknown->size, issued.size);
	return 0;
}

/*
 * Each hook has two programs that do the same, for the kernel skips a program that is running on this CPU already: since 6.1
 * (05b24ff9b2cf "bpf: Prevent bpf program recursion for raw tracepoint probes"), when an interrupt comes in the middle of it, and on newer kernels (seen on 7.2)
 * also while a task that was preempted in the middle of it waits. Then the second does it; otherwise it finds it done.
 */
SEC("tp_btf/block_rq_issue")
int BPF_PROG(issue, struct request *request)
{
	return remember(request);
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(issue_nested, struct request *request)
{
	return remember(request);
}

/* Until a54895fa057c ("block: remove the request_queue to argument request based tracepoints"), also in stable 5.10. */
SEC("tp_btf/block_rq_issue")
int BPF_PROG(issue_before_5_11, struct request_queue *queue, struct request *request)
{
	return remember(request);
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(issue_before_5_11_nested, struct request_queue *queue, struct request *request)
{
	return remember(request);
}

static __always_inline int settle(struct request *request, int status, unsigned int bytes)
{
	__u64 id = (__u64)request, now = bpf_ktime_get_ns(), *failed;
	struct issued *issued = bpf_map_lookup_elem(&under_way, &id);
	struct requests *of_kind;
	struct failure failure;

	/* Not seen at issue, or counted already: the steps of a flush sequence complete one request more than once. */
	if (!issued)
		return 0;
	/* A part of it; the tracepoint comes before __data_len is reduced by what is complete. */
	if (bytes < request->__data_len)
		return 0;
	failure = (struct failure){ .kind = issued->kind };
	of_kind = lookup_or_try_init(requests, &failure.kind);
	if (of_kind) {
		observe_time(&of_kind->duration, now - issued->ns);
		observe_size(&of_kind->size, issued->size);
	}
	bpf_map_delete_elem(&under_way, &id);
	if (!status)
		return 0;
	failure.error = errno_of(status);
	failed = lookup_or_try_init(failures, &failure);
	if (failed)
		add(failed, 1);
	return 0;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(complete, struct request *request, int status, unsigned int bytes)
{
	return settle(request, status, bytes);
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(complete_nested, struct request *request, int status, unsigned int bytes)
{
	return settle(request, status, bytes);
}
