#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "number_load.h"

namespace santabpf {

// Text in a record: up to the first NUL, the end of the field, or the end of the record.
struct TextField {
  uint32_t offset;
  uint32_t size;

  // The record has more than `offset` bytes.
  size_t LengthIn(const uint8_t* record, size_t record_size) const;
};

// Passes records whose number, masked, lies in one of the ranges.
struct NumberFilter {
  NumberLoad load;
  uint64_t mask;
  bool is_negated;
  std::vector<std::pair<uint64_t, uint64_t>> ranges;  // both ends included

  bool Passes(const uint8_t* record) const;
};

// Passes records whose text is one of these.
struct TextFilter {
  TextField field;
  bool is_negated;
  std::vector<std::string> texts;

  bool Passes(const uint8_t* record, size_t record_size) const;
};

}  // namespace santabpf
