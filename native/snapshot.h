#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared_buffer.h"

namespace santabpf {

// All entries of a map or of a table of events at one moment. Each entry has the row of its key.
struct Snapshot {
  size_t count = 0;
  uint32_t row_limit = 0;
  SharedBuffer rows;    // uint32_t each
  SharedBuffer values;  // of one size each
  std::vector<uint32_t> added_rows;
  std::vector<uint8_t> added_keys;
  std::vector<uint32_t> gone_rows;
};

}  // namespace santabpf
