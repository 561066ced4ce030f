#pragma once

#include <cstddef>
#include <cstdint>

#include "map_kind.h"

namespace santabpf {

// What the kernel reports about a map.
struct MapLayout {
  uint32_t id;
  uint32_t type;
  uint32_t key_size;
  uint32_t value_size;
  uint32_t max_entries;
  uint32_t flags;
  MapKind kind;
  uint32_t cpus;          // values per entry
  uint32_t value_stride;  // bytes per entry

  // A walk over keys that takes more steps than this is going in circles: keys change faster than it advances.
  size_t MostSteps() const { return static_cast<size_t>(max_entries) * 4 + 4096; }
};

// The kernel rounds each CPU's value up to this.
constexpr uint64_t RoundUp8(uint64_t size) { return (size + 7) & ~uint64_t{7}; }

// The layout of a map of this type and these sizes that is not there yet, with no id, entries or flags; 0 or an errno.
int MakeLayout(uint32_t type, uint32_t key_size, uint32_t value_size, MapLayout& layout);

// Reads the layout of the map with this descriptor; 0 or an errno.
int ReadLayout(int fd, MapLayout& layout);

}  // namespace santabpf
