#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace santabpf {

// Appends bits, least significant first, to memory of the caller, who reserves 8 bytes more than the bits need.
class BitWriter {
 public:
  // Writes from `out` on, after bits that an earlier writer left pending.
  BitWriter(uint8_t* out, uint64_t pending, unsigned pending_count) : out_(out), bits_(pending), count_(pending_count) {}

  // At most 56 bits may be added between two flushes.
  void Add(uint64_t bits, unsigned count) {
    bits_ |= bits << count_;
    count_ += count;
  }

  // Leaves fewer than 8 bits pending.
  void Flush() {
    const uint64_t little_endian = ToLittleEndian(bits_);
    std::memcpy(out_, &little_endian, sizeof(little_endian));
    const unsigned bytes = count_ / 8;
    out_ += bytes;
    bits_ >>= bytes * 8;
    count_ %= 8;
  }

  // Fills the last byte with zeros.
  void Align() {
    Flush();
    if (count_ > 0) Add(0, 8 - count_);
    Flush();
  }

  // After Align().
  void Bytes(const uint8_t* bytes, size_t size) {
    std::memcpy(out_, bytes, size);
    out_ += size;
  }

  uint8_t* end() const { return out_; }
  uint64_t pending() const { return bits_; }
  unsigned pending_count() const { return count_; }

 private:
  static uint64_t ToLittleEndian(uint64_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(value);
#else
    return value;
#endif
  }

  uint8_t* out_;
  uint64_t bits_;
  unsigned count_;
};

}  // namespace santabpf
