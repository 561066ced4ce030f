#pragma once

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cstdint>
#include <vector>

#include "link.h"

namespace santabpf {

// A program of an object. Valid as long as the object is.
class Program {
 public:
  struct PerfEvent {
    uint32_t type;
    uint64_t config;
    bool is_frequency;
    uint64_t sample;  // frequency or period
  };

  struct Info {
    bpf_prog_info info;
    uint32_t size;  // bytes that this kernel filled in
  };

  explicit Program(bpf_program* program) : program_(program) {}

  // All return 0 or an errno.
  int Attach(std::vector<LinkPointer>& links) const;
  // One event per online CPU.
  int AttachPerfEvent(const PerfEvent& event, std::vector<LinkPointer>& links) const;
  int GetInfo(Info& info) const;

 private:
  bpf_program* const program_;
};

}  // namespace santabpf
