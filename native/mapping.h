#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

namespace santabpf {

// Owns a memory mapping of a file.
class Mapping {
 public:
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (valid()) munmap(address_, size_);
  }

  bool valid() const { return address_ != MAP_FAILED; }
  void* data() const { return address_; }
  size_t size() const { return size_; }
  // Maps the first `size` bytes of a file, MAP_SHARED or MAP_PRIVATE. False sets errno.
  bool Map(int fd, size_t size, int sharing = MAP_SHARED, int access = PROT_READ) {
    address_ = mmap(nullptr, size, access, sharing, fd, 0);
    size_ = size;
    return valid();
  }

 private:
  void* address_ = MAP_FAILED;
  size_t size_ = 0;
};

}  // namespace santabpf
