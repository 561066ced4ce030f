#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <map>
#include <memory>

namespace santabpf {

struct LinkDeleter {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using LinkPointer = std::unique_ptr<bpf_link, LinkDeleter>;

struct PerfEvent {
  uint32_t type;
  uint64_t config;
  bool is_frequency;
  uint64_t sample;  // frequency or period
};

// A program that samples one event on each of several CPUs. Used by the JavaScript thread only; the program must outlive it.
class PerfSampling {
 public:
  PerfSampling(bpf_program* program, const PerfEvent& event) : program_(program), event_(event) {}

  // Both return 0 or an errno.
  // Samples on every CPU that is online: ENODEV if there is none.
  int OpenAll();
  // Samples on a CPU. The event of a CPU that went offline stops for good, so it is replaced; `opened` says whether that was needed.
  int Ensure(int cpu, bool& opened);

 private:
  struct OnCpu {
    LinkPointer link;
    int fd;  // owned by the link
  };

  int Open(int cpu);

  bpf_program* const program_;
  const PerfEvent event_;
  std::map<int, OnCpu> cpus_;
};

}  // namespace santabpf
