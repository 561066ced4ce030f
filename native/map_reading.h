#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "entry_reading.h"
#include "map_layout.h"
#include "mapping.h"

namespace santabpf {

// Reads all entries of one map in the fastest way that the kernel offers for its type: a memory mapping, batches, or one
// by one. Remembers what the kernel refused.
//
// A key removed during the read is left out. A key may come twice when the map changes during the read.
class MapReading : public EntryReading {
 public:
  MapReading(int fd, const MapLayout& layout) : fd_(fd), layout_(layout), count_(std::min<size_t>(layout.max_entries, 256)) {}

  // Entry i of an array is key i, whatever `keys` holds.
  int Read(std::vector<uint8_t>& keys, SharedBuffer& values) override;

  size_t count() const override { return count_; }

 private:
  int ReadMapped(SharedBuffer& values);
  int ReadBatches(std::vector<uint8_t>& keys, SharedBuffer& values);
  int ReadArray(SharedBuffer& values);
  int ReadOneByOne(std::vector<uint8_t>& keys, SharedBuffer& values);
  void Reserve(size_t entries, std::vector<uint8_t>& keys, SharedBuffer& values);

  const int fd_;
  const MapLayout layout_;
  bool batch_works_ = true;
  bool mmap_works_ = true;
  Mapping mapping_;
  // Before the first read a guess.
  size_t count_;
  size_t capacity_ = 0;  // in entries, of the keys and the values
};

}  // namespace santabpf
