#pragma once

#include <bpf/libbpf.h>

#include <map>
#include <string>

#include "kernel_types.h"
#include "log_capture.h"

namespace santabpf {

// Which type of the kernel a program is attached to, for the sections tp_btf, fentry, fexit, fmod_ret and iter. libbpf parses
// and searches all types of the kernel for that, once for each object.
class AttachTarget {
 public:
  using Names = std::map<const bpf_program*, std::string>;

  // Registers these sections with libbpf, whose table of sections is one for the process. Idempotent.
  static void Install();

  // Whether a program of an object that will be loaded has such a section.
  static bool IsIn(bpf_object* object);

  // Finds the targets of all programs of an object that will be loaded. What is not in `types`, which may be null, libbpf
  // searches, in the modules too. The log says which program's target does not exist; then this returns an errno, or the
  // load of the object fails.
  // `names` replace those in the sections.
  static int ResolveAll(bpf_object* object, const Names& names, const KernelTypes* types, LogCapture::Scope& log);
};

}  // namespace santabpf
