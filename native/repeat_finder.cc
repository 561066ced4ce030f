#include "repeat_finder.h"

#include <algorithm>
#include <cstring>

namespace santabpf {
namespace {

constexpr unsigned kHashBits = 12;
constexpr size_t kHashedBytes = 6;
constexpr size_t kShortest = 4;
constexpr size_t kLongest = 258;
// After this many bytes without a copy, only every second one is tried, then every third, and so on.
constexpr unsigned kPatienceBits = 7;

uint64_t Load64(const uint8_t* bytes) {
  uint64_t value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

uint32_t Load32(const uint8_t* bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

// Any function of the bytes is right; which ones it takes depends on the byte order.
size_t Hash(const uint8_t* bytes) {
  return static_cast<size_t>((Load64(bytes) << (64 - 8 * kHashedBytes)) * 0x9E3779B185EBCA87u >> (64 - kHashBits));
}

// How many bytes are equal, at most `limit`.
size_t EqualBytes(const uint8_t* one, const uint8_t* other, size_t limit) {
  size_t equal = 0;
  while (equal + 8 <= limit) {
    const uint64_t difference = Load64(one + equal) ^ Load64(other + equal);
    if (difference != 0) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
      return equal + static_cast<size_t>(__builtin_clzll(difference)) / 8;
#else
      return equal + static_cast<size_t>(__builtin_ctzll(difference)) / 8;
#endif
    }
    equal += 8;
  }
  while (equal < limit && one[equal] == other[equal]) ++equal;
  return equal;
}

}  // namespace

RepeatFinder::RepeatFinder()
    : positions_(size_t{1} << kHashBits), parts_(new BlockPart[kMaxBlock / kShortest + 1]) {}

BlockParts RepeatFinder::Split(const uint8_t* block, size_t size) {
  BlockPart* next = parts_.get();
  size_t at = 0;
  size_t done = 0;  // up to here the parts reach
  while (size >= sizeof(uint64_t) && at <= size - sizeof(uint64_t)) {
    const uint8_t* const here = block + at;
    const size_t earlier = std::min<size_t>(earlier_ + at, kWindow);
    uint32_t& known = positions_[Hash(here)];
    const uint32_t position = position_ + static_cast<uint32_t>(at);
    size_t distance = position - known;
    known = position;
    const size_t limit = std::min(size - at, kLongest);
    size_t length = 0;
    if (last_distance_ <= earlier && Load32(here) == Load32(here - last_distance_)) {
      distance = last_distance_;
      length = EqualBytes(here, here - distance, limit);
    } else if (distance - 1 < earlier && Load32(here) == Load32(here - distance)) {
      length = EqualBytes(here, here - distance, limit);
    } else {
      at += 1 + ((at - done) >> kPatienceBits);
      continue;
    }
    *next++ = {static_cast<uint32_t>(at - done), static_cast<uint16_t>(length), static_cast<uint16_t>(distance)};
    last_distance_ = static_cast<uint32_t>(distance);
    at += length;
    done = at;
  }
  if (done < size) *next++ = {static_cast<uint32_t>(size - done), 0, 0};
  position_ += static_cast<uint32_t>(size);
  earlier_ = static_cast<uint32_t>(std::min<size_t>(earlier_ + size, kWindow));
  return {parts_.get(), static_cast<size_t>(next - parts_.get())};
}

}  // namespace santabpf
