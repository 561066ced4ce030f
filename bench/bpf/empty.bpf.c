// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// An empty program for every hook of the shipped probes: the cost of a hook without counting.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define EMPTY(NAME, SECTION)                                                                                           \
	SEC(SECTION)                                                                                                   \
	int NAME(void *context)                                                                                        \
	{                                                                                                              \
		return 0;                                                                                              \
	}

EMPTY(sys_enter, "tp_btf/sys_enter")
EMPTY(sys_exit, "tp_btf/sys_exit")
EMPTY(process_exec, "tp_btf/sched_process_exec")
EMPTY(process_exit, "tp_btf/sched_process_exit")
EMPTY(wakeup_new, "tp_btf/sched_wakeup_new")
EMPTY(wakeup, "tp_btf/sched_wakeup")
EMPTY(switch_tasks, "tp_btf/sched_switch")
EMPTY(block_issue, "tp_btf/block_rq_issue")
EMPTY(block_complete, "tp_btf/block_rq_complete")
EMPTY(set_state, "tp_btf/inet_sock_set_state")
EMPTY(retransmit, "tp_btf/tcp_retransmit_skb")
EMPTY(retransmit_synack, "tp_btf/tcp_retransmit_synack")
EMPTY(receive_reset, "tp_btf/tcp_receive_reset")
EMPTY(send_reset, "raw_tp/tcp_send_reset")
EMPTY(sys_enter_classic, "tp/raw_syscalls/sys_enter")
EMPTY(sys_exit_classic, "tp/raw_syscalls/sys_exit")
EMPTY(process_exec_classic, "tp/sched/sched_process_exec")
EMPTY(process_exit_classic, "tp/sched/sched_process_exit")
EMPTY(set_state_classic, "tp/sock/inet_sock_set_state")

char LICENSE[] SEC("license") = "Dual BSD/GPL";
