// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Measures the time of block I/O requests from issue to completion, and their size. Counts failed requests.
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

/* A request that is issued but not completed. */
struct issued {
	__u64 ns;
	__u64 request_ns; /* creation time: distinguishes requests that reuse the same address */
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

	/* Issued again, because the driver was busy or did only a part: the latency runs from the first issue. */
	if (before && before->request_ns == issued.request_ns)
		return 0;
	if (!bpf_map_update_elem(&under_way, &id, &issued, BPF_ANY))
		return 0;
	/* The map is full: the latency is lost, the size is still counted. */
	unknown = overflow_of(requests);
	if (unknown)
		observe_size(&unknown->size, issued.size);
	return 0;
}

/*
 * The kernel skips a program that already runs on this CPU, so each hook has two identical programs: the second one handles an
 * event that the first one missed, and otherwise has no effect. The kernel skips since 6.1 when an interrupt arrives in the middle
 * of the program (05b24ff9b2cf "bpf: Prevent bpf program recursion for raw tracepoint probes"). Newer kernels (seen on 7.2) also
 * skip while a task waits that was preempted in the middle of the program.
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

/* Before a54895fa057c ("block: remove the request_queue to argument request based tracepoints"), which is also in stable 5.10. */
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

	/* The issue was not seen, or the request is counted already: a flush sequence completes one request several times. */
	if (!issued)
		return 0;
	/* A partial completion: __data_len still includes the bytes that complete now. */
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
