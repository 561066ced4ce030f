#include "perf_sampling.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "descriptor.h"
#include "failure.h"

namespace santabpf {
namespace {

// How long the event was enabled; 0 if it cannot be read.
uint64_t EnabledNs(int fd) {
  struct {
    uint64_t value;
    uint64_t enabled_ns;
  } reading{};
  return read(fd, &reading, sizeof(reading)) == static_cast<ssize_t>(sizeof(reading)) ? reading.enabled_ns : 0;
}

// The clock of a stopped event stands still, also when its CPU is online again.
bool IsRunning(int fd) {
  const uint64_t before = EnabledNs(fd);
  return EnabledNs(fd) > before;
}

}  // namespace

int PerfSampling::Open(int cpu) {
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.type = event_.type;
  attributes.config = event_.config;
  attributes.freq = event_.is_frequency ? 1 : 0;
  attributes.sample_freq = event_.sample;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED;
  Descriptor descriptor(static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
  if (!descriptor.valid()) return errno;
  errno = 0;
  bpf_link* const link = bpf_program__attach_perf_event(program_, descriptor.get());
  if (link == nullptr) return ErrnoOf(0);
  const int fd = descriptor.Release();
  cpus_[cpu] = {LinkPointer(link), fd};
  return 0;
}

int PerfSampling::OpenAll() {
  const int possible = libbpf_num_possible_cpus();
  if (possible < 0) return ErrnoOf(possible);
  for (int cpu = 0; cpu < possible; ++cpu) {
    const int error = Open(cpu);
    if (error != 0 && error != ENODEV) return error;  // ENODEV: offline
  }
  return cpus_.empty() ? ENODEV : 0;
}

int PerfSampling::Ensure(int cpu, bool& opened) {
  opened = false;
  const auto known = cpus_.find(cpu);
  if (known != cpus_.end()) {
    if (IsRunning(known->second.fd)) return 0;
    cpus_.erase(known);
  }
  const int error = Open(cpu);
  opened = error == 0;
  return error;
}

}  // namespace santabpf
