#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

namespace santabpf {

// Owns a read-only memory mapping of a file.
class Mapping {
 public:
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (valid()) munmap(address_, size_);
  }

  bool valid() const { return address_ != MAP_FAILED; }
  const void* data() const { return address_; }
  // Maps the first `size` bytes of a file, MAP_SHARED or MAP_PRIVATE. False sets errno.
  bool Map(int fd, size_t size, int sharing = MAP_SHARED) {
    address_ = mmap(nullptr, size, PROT_READ, sharing, fd, 0);
    size_ = size;
    return valid();
  }

 private:
  void* address_ = MAP_FAILED;
  size_t size_ = 0;
};

}  // namespace santabpf
