// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// Measures the time of block I/O requests from issue to completion, and their size. Counts failed requests.
#include "santabpf.h"
#include "identity.h"
#include "kernel/block.h"
#include "value_maps.h"

struct kind {
	char disk[DISK_NAME_LENGTH];
	__u32 operation;
	__u32 unused;
	__u64 cgroup;
};

struct requests {
	struct time_histogram duration;
	struct size_histogram size;
};

struct failure {
	char disk[DISK_NAME_LENGTH];
	__u32 operation;
	__u32 error;
	__u64 cgroup;
};

/* A request that is issued but not completed. */
struct issued {
	__u64 ns;
	__u64 request_ns; /* creation time: distinguishes requests that reuse the same address */
	__u64 size;
};

/* A completion removes the entry. If none was seen, the next request at the same address replaces it: drivers reuse their requests. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct issued);
} under_way SEC(".maps");

/*
 * Addresses of failed requests that the first program of the completion hook has counted. Its second program removes them.
 * LRU, because that program may miss the event.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u8);
} counted SEC(".maps");

SHARED_HASH(requests, struct kind, struct requests, 1024);
SHARED_HASH(failures, struct failure, __u64, 1024);

static __always_inline int remember(struct request *request)
{
	__u64 id = (__u64)request;
	struct issued issued = {
		.ns = bpf_ktime_get_ns(),
		.request_ns = request->start_time_ns,
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

static __always_inline void count_failure(const struct kind *kind, int status)
{
	struct failure failure = { .operation = kind->operation, .error = errno_of(status), .cgroup = kind->cgroup };
	__u64 *failed;

	__builtin_memcpy(failure.disk, kind->disk, sizeof(failure.disk));
	failed = lookup_or_try_init(failures, &failure);
	if (failed)
		add(failed, 1);
}

/* Whether the request was issued, as far as the probe knows. */
static __always_inline bool count_issued(__u64 id, const struct kind *kind, __u64 now)
{
	struct issued *issued = bpf_map_lookup_elem(&under_way, &id);
	struct requests *of_kind;

	if (!issued)
		return false;
	of_kind = lookup_or_try_init(requests, kind);
	if (of_kind) {
		observe_time(&of_kind->duration, now - issued->ns);
		observe_size(&of_kind->size, issued->size);
	}
	bpf_map_delete_elem(&under_way, &id);
	return true;
}

/*
 * A failure counts without an issue too: a device that is offline fails requests before they are issued. Except for a write without
 * data, which only waited for a flush, or is a step of a flush sequence whose data counted already.
 */
static __always_inline int settle(struct request *request, int status, unsigned int bytes, bool second)
{
	__u64 id = (__u64)request, now = bpf_ktime_get_ns();
	struct kind kind;
	__u8 yes = 1;
	bool issued;

	/* A partial completion: __data_len still includes the bytes that complete now. */
	if (bytes < request->__data_len)
		return 0;
	/* The common case of the second program, for which the name of the disk need not be read. */
	if (second && !status && !bpf_map_lookup_elem(&under_way, &id))
		return 0;
	disk_name_of(request, kind.disk);
	kind.operation = request->cmd_flags & REQ_OP_MASK;
	kind.unused = 0;
	kind.cgroup = cgroup_of_request(request);
	issued = count_issued(id, &kind, now);
	if (!status || (!issued && kind.operation == REQ_OP_WRITE && !bytes))
		return 0;
	if (second && !bpf_map_delete_elem(&counted, &id))
		return 0;
	if (!second)
		bpf_map_update_elem(&counted, &id, &yes, BPF_ANY);
	count_failure(&kind, status);
	return 0;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(complete, struct request *request, int status, unsigned int bytes)
{
	return settle(request, status, bytes, false);
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(complete_nested, struct request *request, int status, unsigned int bytes)
{
	return settle(request, status, bytes, true);
}
