#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "map_layout.h"
#include "mapping.h"
#include "shared_buffer.h"

namespace santabpf {

// Reads all entries of one map in the fastest way that the kernel offers for its type: a memory mapping, batches, or one
// by one. Remembers what the kernel refused.
//
// A key removed during the read is left out. A key may come twice when the map changes during the read.
class MapReading {
 public:
  MapReading(int fd, const MapLayout& layout) : fd_(fd), layout_(layout) {}

  // Fills keys() and `values`, entry by entry; 0 or an errno. Entry i of an array is key i, whatever keys() holds.
  int Read(SharedBuffer& values);

  size_t count() const { return count_; }
  const std::vector<uint8_t>& keys() const { return keys_; }

 private:
  int ReadMapped(SharedBuffer& values);
  int ReadBatches(SharedBuffer& values);
  int ReadArray(SharedBuffer& values);
  int ReadOneByOne(SharedBuffer& values);
  void Reserve(size_t entries, SharedBuffer& values);

  const int fd_;
  const MapLayout layout_;
  bool batch_works_ = true;
  bool mmap_works_ = true;
  Mapping mapping_;
  size_t count_ = 0;
  size_t capacity_ = 0;  // in entries, of keys_ and the values
  std::vector<uint8_t> keys_;
};

}  // namespace santabpf
