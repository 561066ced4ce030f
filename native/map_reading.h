#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mapping.h"
#include "shared_buffer.h"

namespace santabpf {

// What the kernel says about a map.
struct MapLayout {
  uint32_t id;
  uint32_t type;
  uint32_t key_size;
  uint32_t value_size;
  uint32_t max_entries;
  uint32_t flags;
  uint32_t cpus;          // values per entry
  uint32_t value_stride;  // bytes per entry
};

// An array, whose keys are 0 to max_entries - 1 and never vanish.
bool IsArray(const MapLayout& layout);
// A type that can be walked with keys.
bool IsReadable(const MapLayout& layout);

struct ReadOptions {
  bool batch = true;
  bool mmap = true;
};

// Reads all entries of one map, in the fastest way that the kernel has for its type. Remembers which one that is.
//
// A key that vanishes is left out. A key may come twice when the map changes during the read.
class MapReading {
 public:
  MapReading(int fd, const MapLayout& layout) : fd_(fd), layout_(layout) {}

  // Fills keys() and `values`, entry by entry; 0 or an errno. For arrays read through a mapping or without batches
  // keys() is left empty: entry i is key i.
  int Read(const ReadOptions& options, SharedBuffer& values);

  size_t count() const { return count_; }
  const std::vector<uint8_t>& keys() const { return keys_; }

 private:
  int ReadMapped(SharedBuffer& values);
  int ReadBatches(SharedBuffer& values);
  int ReadArray(SharedBuffer& values);
  int ReadOneByOne(SharedBuffer& values);
  void Reserve(size_t entries, SharedBuffer& values);
  size_t Limit() const;

  const int fd_;
  const MapLayout layout_;
  bool batch_works_ = true;
  bool mmap_works_ = true;
  Mapping mapping_;
  size_t count_ = 0;
  size_t room_ = 0;  // entries that keys_ and the values have room for
  std::vector<uint8_t> keys_;
};

}  // namespace santabpf
