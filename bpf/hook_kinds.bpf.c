// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// A program for each kind of hook that does nothing. `santabpf doctor` loads and attaches them one by one, to find out which
// kinds this kernel takes. The functions and tracepoints exist since Linux 5.10.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NOTHING(NAME, SECTION) \
	SEC(SECTION) \
	int NAME(void *ctx) \
	{ \
		return 0; \
	}

NOTHING(try_tracepoint, "tracepoint/sched/sched_process_exec")
NOTHING(try_raw_tp, "raw_tp/sched_process_exec")
NOTHING(try_tp_btf, "tp_btf/sched_process_exec")
NOTHING(try_fentry, "fentry/wake_up_new_task")
NOTHING(try_fexit, "fexit/wake_up_new_task")
NOTHING(try_fmod_ret, "fmod_ret/security_file_open")
NOTHING(try_kprobe, "kprobe/wake_up_new_task")
NOTHING(try_kretprobe, "kretprobe/wake_up_new_task")
NOTHING(try_kprobe_multi, "kprobe.multi/wake_up_new_task")
NOTHING(try_ksyscall, "ksyscall/getpid")
NOTHING(try_uprobe, "uprobe")
NOTHING(try_uretprobe, "uretprobe")
NOTHING(try_uprobe_multi, "uprobe.multi")
NOTHING(try_perf_software, "perf_event")
NOTHING(try_perf_hardware, "perf_event")
NOTHING(try_iter, "iter/task")
NOTHING(try_lsm, "lsm/file_open")
NOTHING(try_syscall, "syscall")
NOTHING(try_sockops, "sockops")
NOTHING(try_socket, "socket")

/* Passes every packet on. */
SEC("xdp")
int try_xdp(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("tc")
int try_tc(struct __sk_buff *ctx)
{
	return -1; /* TC_ACT_UNSPEC */
}

SEC("cgroup_skb/ingress")
int try_cgroup_skb(struct __sk_buff *ctx)
{
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
