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

  // All return 0 or an errno.
  int Attach(LinkPointer& link) const;
  // For an iterator over the entries of a map (iter/bpf_map_elem).
  int AttachOver(const bpf_map* map, LinkPointer& link) const;
  int GetInfo(Info& info) const;

 private:
  bpf_program* const program_;
};

}  // namespace santabpf
