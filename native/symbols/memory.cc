#include "memory.h"

#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>

namespace santabpf::symbols {

namespace {

constexpr size_t kLongestRange = 4096;
constexpr size_t kMostBytes = 1 << 20;

}  // namespace

bool ProcessMemory::Append(const std::string& range, std::string& bytes) const {
  uint64_t address = 0;
  uint64_t length = 0;
  if (sscanf(range.c_str(), "%" SCNu64 ":%" SCNu64, &address, &length) != 2 || length > kLongestRange ||
      bytes.size() + length > kMostBytes)
    return false;
  const size_t start = bytes.size();
  bytes.resize(start + length);
  return pread(file_.get(), bytes.data() + start, length, static_cast<off_t>(address)) >= 0 || errno == EIO;
}

}  // namespace santabpf::symbols
