#pragma once

#include <cstdint>

namespace santabpf {

// An integer in a record: where it lies and how its bits are read.
struct NumberLoad {
  uint32_t offset;
  uint8_t size;  // 1, 2, 4 or 8
  bool is_signed;
  bool is_network;  // network byte order
  uint8_t shift;
  uint8_t width;  // 0 unless it is a bitfield

  uint32_t end() const { return offset + size; }
  // Negative numbers are extended to 64 bits. The record has `end()` bytes or more.
  uint64_t Read(const uint8_t* record) const;
};

}  // namespace santabpf
