// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// rawtracepoint:sys_exit { @ = hist(args.ret); }
#include "santabpf.h"
#include "script_histogram.h"

PERCPU_ARRAY(script, struct script_histogram, 1);

SEC("raw_tp/sys_exit")
int observe_result(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 first = 0;
	struct script_histogram *histogram = bpf_map_lookup_elem(&script, &first);

	if (histogram)
		observe(histogram, ctx->args[1]);
	return 0;
}
