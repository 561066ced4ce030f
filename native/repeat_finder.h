#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace santabpf {

// A part of a block: literal bytes, then a copy of bytes from before. Only a block's last part may have no copy.
struct BlockPart {
  uint32_t literals;
  uint16_t length;  // 3 to 258, or 0
  uint16_t distance;  // 1 to 32768
};

// The parts of one block.
struct BlockParts {
  const BlockPart* begin() const { return first; }
  const BlockPart* end() const { return first + count; }

  const BlockPart* first;
  size_t count;
};

// Splits blocks into literals and copies of earlier bytes (LZ77), tuned for lines that repeat most of an earlier line.
class RepeatFinder {
 public:
  static constexpr size_t kWindow = 32768;
  static constexpr size_t kMaxBlock = 65536;

  RepeatFinder();

  // The parts of `block`, at most kMaxBlock bytes that directly follow the earlier ones in memory: up to kWindow of those
  // must still be there. Valid until the next call.
  BlockParts Split(const uint8_t* block, size_t size);

 private:
  // By a hash of the bytes there, the last position in the stream. Positions wrap: only differences count.
  std::vector<uint32_t> positions_;
  // As many as the longest block can have.
  std::unique_ptr<BlockPart[]> parts_;
  // The position of the next block; no difference from an unset position is within the window.
  uint32_t position_ = kWindow + 1;
  // How many earlier bytes there are, up to kWindow.
  uint32_t earlier_ = 0;
  // Most lines continue at the distance of the last copy after bytes that differ.
  uint32_t last_distance_ = 1;
};

}  // namespace santabpf
