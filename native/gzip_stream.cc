#include "gzip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "bit_writer.h"
#include "deflate_block.h"

namespace santabpf {
namespace {

// No name, no time, the fastest algorithm, Unix.
constexpr std::array<uint8_t, 10> kHeader{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3};

}  // namespace

GzipStream::GzipStream()
    : window_(new uint8_t[RepeatFinder::kWindow + RepeatFinder::kMaxBlock]),
      compressed_(new uint8_t[BlockBound(RepeatFinder::kMaxBlock)]) {}

void GzipStream::Add(const uint8_t* chunk, size_t size, std::vector<uint8_t>& out) {
  WriteHeader(out);
  checksum_ = static_cast<uint32_t>(crc32(checksum_, chunk, static_cast<uInt>(size)));
  size_ += static_cast<uint32_t>(size);
  while (size > 0) {
    const size_t block = std::min(size, RepeatFinder::kMaxBlock);
    AddBlock(chunk, block, out);
    chunk += block;
    size -= block;
  }
}

void GzipStream::End(std::vector<uint8_t>& out) {
  WriteHeader(out);
  const size_t before = out.size();
  out.resize(before + 32);
  BitWriter writer(out.data() + before, pending_, pending_count_);
  WriteLastBlock(writer);
  writer.Add(checksum_, 32);
  writer.Flush();
  writer.Add(size_, 32);
  writer.Flush();
  out.resize(static_cast<size_t>(writer.end() - out.data()));
}

void GzipStream::WriteHeader(std::vector<uint8_t>& out) {
  if (!has_header_) out.insert(out.end(), kHeader.begin(), kHeader.end());
  has_header_ = true;
}

void GzipStream::AddBlock(const uint8_t* block, size_t size, std::vector<uint8_t>& out) {
  uint8_t* const copy = window_.get() + earlier_;
  std::memcpy(copy, block, size);
  BitWriter writer(compressed_.get(), pending_, pending_count_);
  WriteBlock(copy, size, finder_.Split(copy, size), writer);
  pending_ = writer.pending();
  pending_count_ = writer.pending_count();
  out.insert(out.end(), compressed_.get(), writer.end());
  const size_t kept = std::min(earlier_ + size, RepeatFinder::kWindow);
  std::memmove(window_.get(), copy + size - kept, kept);
  earlier_ = kept;
}

}  // namespace santabpf
