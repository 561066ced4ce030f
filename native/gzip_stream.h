#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "repeat_finder.h"

namespace santabpf {

// Compresses one gzip member (RFC 1952), chunk by chunk. Each byte of a chunk is written with it, except for up to 7 bits.
class GzipStream {
 public:
  GzipStream();

  // Appends a chunk, compressed, to `out`.
  void Add(const uint8_t* chunk, size_t size, std::vector<uint8_t>& out);
  // Appends the end.
  void End(std::vector<uint8_t>& out);

 private:
  void WriteHeader(std::vector<uint8_t>& out);
  void AddBlock(const uint8_t* block, size_t size, std::vector<uint8_t>& out);

  RepeatFinder finder_;
  // The last bytes before the block, the block, and readable bytes after it.
  std::unique_ptr<uint8_t[]> window_;
  size_t earlier_ = 0;
  // Of one block.
  std::unique_ptr<uint8_t[]> compressed_;
  bool has_header_ = false;
  uint32_t checksum_ = 0;
  uint32_t size_ = 0;
  uint64_t pending_ = 0;
  unsigned pending_count_ = 0;
};

}  // namespace santabpf
