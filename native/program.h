#pragma once

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cstdint>

#include "perf_sampling.h"

namespace santabpf {

// A program of an object. Valid as long as the object is.
class Program {
 public:
  struct Info {
    bpf_prog_info info;
    uint32_t size;  // bytes that this kernel filled in
  };

  explicit Program(bpf_program* program) : program_(program) {}

  // Both return 0 or an errno.
  int Attach(LinkPointer& link) const;
  int GetInfo(Info& info) const;

 private:
  bpf_program* const program_;
};

}  // namespace santabpf
