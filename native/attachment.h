#pragma once

#include "descriptor.h"

namespace santabpf {

// What keeps a program attached where libbpf has no bpf_link for it. The destructor detaches.
class Attachment {
 public:
  virtual ~Attachment() = default;
};

// A link of the kernel, from bpf(BPF_LINK_CREATE).
class KernelLink : public Attachment {
 public:
  explicit KernelLink(Descriptor link) : link_(std::move(link)) {}

 private:
  const Descriptor link_;
};

}  // namespace santabpf
