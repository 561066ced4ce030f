#include "event_filter.h"

#include <algorithm>
#include <cstring>

namespace santabpf {

size_t TextField::LengthIn(const uint8_t* record, size_t record_size) const {
  const size_t most = std::min<size_t>(size, record_size - offset);
  return strnlen(reinterpret_cast<const char*>(record + offset), most);
}

bool NumberFilter::Passes(const uint8_t* record) const {
  // Moves negative numbers below the others, so that all compare as unsigned.
  const uint64_t bias = load.is_signed ? uint64_t{1} << 63 : 0;
  const uint64_t value = (load.Read(record) & mask) ^ bias;
  const bool found =
      std::any_of(ranges.begin(), ranges.end(), [=](const auto& range) { return value >= (range.first ^ bias) && value <= (range.second ^ bias); });
  return found != is_negated;
}

bool TextFilter::Passes(const uint8_t* record, size_t record_size) const {
  const size_t length = field.LengthIn(record, record_size);
  const bool found = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    return text.size() == length && std::memcmp(text.data(), record + field.offset, length) == 0;
  });
  return found != is_negated;
}

}  // namespace santabpf
