#include "confinement.h"

#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <vector>

namespace santabpf::symbols {

namespace {

constexpr uid_t kNobody = 65534;

constexpr uint64_t Bit(int capability) { return uint64_t{1} << capability; }

constexpr uint64_t kUseful = Bit(CAP_DAC_READ_SEARCH) | Bit(CAP_SYS_PTRACE) | Bit(CAP_SETUID) | Bit(CAP_SETGID) |
                             Bit(40 /* CAP_CHECKPOINT_RESTORE, since Linux 5.9 */) | Bit(CAP_SYS_ADMIN);

// Sets effective, permitted and inheritable capabilities; without inheritable ones there are no ambient ones.
bool KeepCapabilities(uint64_t kept) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (syscall(SYS_capget, &header, data) != 0) return false;
  for (int i = 0; i < 2; i++) {
    const auto mask = static_cast<uint32_t>(kept >> (32 * i));
    data[i].permitted &= mask;
    data[i].effective = data[i].permitted;
    data[i].inheritable = 0;
  }
  return syscall(SYS_capset, &header, data) == 0;
}

bool BecomeNobody() {
  // Root in a container may lack the capabilities to become another user. Without any capability it is as harmless.
  if (geteuid() == 0 &&
      (setgroups(0, nullptr) != 0 || setresgid(kNobody, kNobody, kNobody) != 0 ||
       setresuid(kNobody, kNobody, kNobody) != 0) &&
      errno != EPERM)
    return false;
  return KeepCapabilities(0);
}

bool SetLimit(int resource, rlim_t value) {
  const rlimit limit = {value, value};
  return setrlimit(static_cast<__rlimit_resource_t>(resource), &limit) == 0;
}

bool SetLimits(const Limits& limits) {
#ifndef __SANITIZE_ADDRESS__  // The sanitizer maps terabytes.
  if (!SetLimit(RLIMIT_AS, 2 * limits.file_bytes + limits.memory_bytes + (256 << 20)) ||
      !SetLimit(RLIMIT_DATA, limits.file_bytes + limits.memory_bytes))
    return false;
#endif
  return SetLimit(RLIMIT_CPU, limits.cpu_seconds) && SetLimit(RLIMIT_FSIZE, 0) && SetLimit(RLIMIT_CORE, 0) &&
         SetLimit(RLIMIT_NOFILE, 16) && SetLimit(RLIMIT_NPROC, 0);
}

// System calls of a process that reads open files, uses memory and ends. Everything else fails with EPERM.
bool FilterSystemCalls() {
  constexpr int allowed[] = {
      SYS_read,       SYS_pread64,      SYS_write,        SYS_lseek,         SYS_close,     SYS_dup,
      SYS_fcntl,      SYS_mmap,         SYS_munmap,       SYS_mremap,        SYS_mprotect,  SYS_madvise,
      SYS_brk,        SYS_exit,         SYS_exit_group,   SYS_futex,         SYS_getpid,    SYS_gettid,
      SYS_tgkill,     SYS_rt_sigaction, SYS_rt_sigreturn, SYS_clock_gettime, SYS_getrandom, SYS_rt_sigprocmask,
      SYS_fstat,
#ifdef SYS_newfstatat
      SYS_newfstatat,
#endif
#ifdef __SANITIZE_ADDRESS__
      SYS_sigaltstack, SYS_openat, SYS_readlink, SYS_prctl, SYS_sched_yield, SYS_sched_getaffinity,
#endif
  };
#if defined(__x86_64__)
  constexpr uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  constexpr uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
#error "Name the architecture for seccomp"
#endif
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const int number : allowed) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  // A kernel without seccomp filters says EINVAL.
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 || errno == EINVAL;
}

}  // namespace

void DropUnneededCapabilities() {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  KeepCapabilities(kUseful);
}

bool Confine(const Limits& limits, int parent) {
  // By number: Linux has it since 5.9, the C library later.
  if (syscall(436 /* close_range */, 3U, ~0U, 0U) != 0) return false;
  // The death signal is cleared by a change of the user.
  return BecomeNobody() && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
         prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && SetLimits(limits) &&
         FilterSystemCalls();
}

}  // namespace santabpf::symbols
