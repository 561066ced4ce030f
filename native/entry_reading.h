#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared_buffer.h"

namespace santabpf {

// Reads all entries of something that maps hold.
class EntryReading {
 public:
  virtual ~EntryReading() = default;

  // Fills `keys`, which grows as needed, and `values`, entry by entry; 0 or an errno.
  virtual int Read(std::vector<uint8_t>& keys, SharedBuffer& values) = 0;

  // Entries of the last read.
  virtual size_t count() const = 0;
};

}  // namespace santabpf
