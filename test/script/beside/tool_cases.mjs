/** The scripts in `tools/` of bpftrace's repository, unchanged: those that attach without kprobes, and those that need them. */
export const toolCases = [];
