#pragma once

#include <cstddef>
#include <cstdint>

#include "bit_writer.h"
#include "repeat_finder.h"

namespace santabpf {

// Bytes that WriteBlock() may need for `size` bytes.
constexpr size_t BlockBound(size_t size) { return size + 5 * (size / 65535 + 1) + 16; }

// Writes one block of a DEFLATE stream (RFC 1951), not the last one, in the smallest of its forms: stored, with the fixed codes
// or with codes of its own.
void WriteBlock(const uint8_t* bytes, size_t size, const BlockParts& parts, BitWriter& out);

// Writes the last block, which is empty.
void WriteLastBlock(BitWriter& out);

}  // namespace santabpf
