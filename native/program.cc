#include "program.h"

#include <bpf/bpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "descriptor.h"
#include "failure.h"

namespace santabpf {

int Program::Attach(std::vector<LinkPointer>& links) const {
  links.reserve(1);
  errno = 0;
  bpf_link* const link = bpf_program__attach(program_);
  if (link == nullptr) return ErrnoOf(0);
  links.emplace_back(link);
  return 0;
}

int Program::AttachPerfEvent(const PerfEvent& event, std::vector<LinkPointer>& links) const {
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.type = event.type;
  attributes.config = event.config;
  attributes.freq = event.is_frequency ? 1 : 0;
  attributes.sample_freq = event.sample;

  const int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) return ErrnoOf(cpus);
  std::vector<LinkPointer> opened;
  opened.reserve(static_cast<size_t>(cpus));
  for (int cpu = 0; cpu < cpus; ++cpu) {
    Descriptor descriptor(static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
    if (!descriptor.valid()) {
      if (errno == ENODEV) continue;  // offline
      return errno;
    }
    errno = 0;
    bpf_link* const link = bpf_program__attach_perf_event(program_, descriptor.get());
    if (link == nullptr) return ErrnoOf(0);
    descriptor.Release();  // the link owns it now
    opened.emplace_back(link);
  }
  if (opened.empty()) return ENODEV;
  links = std::move(opened);
  return 0;
}

int Program::GetInfo(Info& info) const {
  const int fd = bpf_program__fd(program_);
  if (fd < 0) return EINVAL;
  info.info = {};
  info.size = sizeof(info.info);
  errno = 0;
  const int result = bpf_obj_get_info_by_fd(fd, &info.info, &info.size);
  return result == 0 ? 0 : ErrnoOf(result);
}

}  // namespace santabpf
