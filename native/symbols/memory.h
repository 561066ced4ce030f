#pragma once

#include <string>

#include "../descriptor.h"
#include "opening.h"

namespace santabpf::symbols {

// The memory of a process, to copy pieces of it. Needs CAP_SYS_PTRACE, and CAP_DAC_READ_SEARCH for processes of other users.
class ProcessMemory {
 public:
  explicit ProcessMemory(const ProcessFolder& folder) : file_(folder.Open("mem")) {}

  bool valid() const { return file_.valid(); }
  // Appends the bytes of a range, ADDRESS:LENGTH in decimal, with zeroes for what is not mapped. False if it is no
  // range, is longer than a page, cannot be read, or `bytes` would exceed a megabyte.
  bool Append(const std::string& range, std::string& bytes) const;

 private:
  Descriptor file_;
};

}  // namespace santabpf::symbols
