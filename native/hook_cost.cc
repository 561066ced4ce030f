#include "hook_cost.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "descriptor.h"
#include "failure.h"
#include "log_capture.h"
#include "thread_clock.h"

namespace santabpf {
namespace {

// Together 10,000 calls with the program and 10,000 without it: some 10 ms of CPU time.
constexpr int kPairs = 5;
constexpr int kCalls = 2000;
constexpr int kWarmUp = 100;

// CPU time of a system call. Other tasks on this CPU do not count.
double TimeOfCall() {
  for (int i = 0; i < kWarmUp; i++) syscall(SYS_getppid);
  const uint64_t start = ThreadNanoseconds();
  for (int i = 0; i < kCalls; i++) syscall(SYS_getppid);
  return static_cast<double>(ThreadNanoseconds() - start) / kCalls;
}

Descriptor LoadEmptyProgram() {
  const std::array<bpf_insn, 2> instructions = {{
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
      {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
  }};
  return Descriptor(bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "santabpf_empty", "GPL", instructions.data(), instructions.size(), nullptr));
}

Descriptor Attach(const Descriptor& program) { return Descriptor(bpf_raw_tracepoint_open("sys_exit", program.get())); }

// The run time that run statistics show for an empty program; 0 if they cannot be turned on.
double RunTime(const Descriptor& program) {
  const Descriptor statistics(bpf_enable_stats(BPF_STATS_RUN_TIME));
  TimeOfCall();
  bpf_prog_info info{};
  uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0 || info.run_cnt == 0) return 0;
  return static_cast<double>(info.run_time_ns) / static_cast<double>(info.run_cnt);
}

}  // namespace

int HookCostWork::Run(std::string& log) {
  LogCapture capture(LIBBPF_WARN);
  LogCapture::Scope scope(capture);
  const Descriptor program = LoadEmptyProgram();
  if (!program.valid()) {
    const int error = ErrnoOf(program.get());
    log = scope.Text();
    return error;
  }
  std::array<double, kPairs> added{};
  for (double& one : added) {
    const double without = TimeOfCall();
    const Descriptor link = Attach(program);
    if (!link.valid()) return ErrnoOf(link.get());
    one = TimeOfCall() - without;
  }
  std::nth_element(added.begin(), added.begin() + kPairs / 2, added.end());
  const Descriptor link = Attach(program);
  if (!link.valid()) return ErrnoOf(link.get());
  nanoseconds_ = std::max(0.0, added[kPairs / 2] - RunTime(program));
  return 0;
}

}  // namespace santabpf
