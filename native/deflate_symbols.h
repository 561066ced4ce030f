#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "prefix_code.h"

namespace santabpf {

// The alphabets of DEFLATE (RFC 1951, 3.2.5): bytes, the end of a block and lengths share one; distances have another.
constexpr size_t kEndOfBlock = 256;
constexpr size_t kFirstLength = 257;
constexpr size_t kLiteralSymbols = 286;
constexpr size_t kDistanceSymbols = 30;
constexpr unsigned kLongestWord = 15;

// A number as a symbol, which stands for a range, and extra bits for the place in this range.
struct RangeSymbol {
  uint16_t symbol;
  uint16_t extra;
  uint8_t extra_bits;
};

inline unsigned Log2(unsigned number) { return 31 - static_cast<unsigned>(__builtin_clz(number)); }

// Of a length from 3 to 258. Each power of two from 8 on has four ranges; 258 is a range of its own.
inline RangeSymbol LengthSymbol(unsigned length) {
  const unsigned number = length - 3;
  if (number < 8) return {static_cast<uint16_t>(kFirstLength + number), 0, 0};
  if (length == 258) return {kLiteralSymbols - 1, 0, 0};
  const unsigned bits = Log2(number) - 2;
  const unsigned symbol = kFirstLength + 4 * (bits + 1) + (number >> bits & 3);
  return {static_cast<uint16_t>(symbol), static_cast<uint16_t>(number & ((1u << bits) - 1)), static_cast<uint8_t>(bits)};
}

// Of a distance from 1 to 32768. Each power of two from 4 on has two ranges.
inline RangeSymbol DistanceSymbol(unsigned distance) {
  const unsigned number = distance - 1;
  if (number < 4) return {static_cast<uint16_t>(number), 0, 0};
  const unsigned bits = Log2(number) - 1;
  const unsigned symbol = 2 * (bits + 1) + (number >> bits & 1);
  return {static_cast<uint16_t>(symbol), static_cast<uint16_t>(number & ((1u << bits) - 1)), static_cast<uint8_t>(bits)};
}

// How often a block uses each symbol, and how many extra bits it has.
struct SymbolCounts {
  std::array<uint32_t, kLiteralSymbols> literals{};
  std::array<uint32_t, kDistanceSymbols> distances{};
  uint64_t extra_bits = 0;
};

// The code words of a block. The fixed code has two symbols that no block may use.
struct BlockCodes {
  std::array<CodeWord, kLiteralSymbols + 2> literals{};
  std::array<CodeWord, kDistanceSymbols + 2> distances{};
};

// The codes of blocks that bring none (RFC 1951, 3.2.6).
const BlockCodes& FixedCodes();

// The shortest codes for a block, without their bits.
BlockCodes CodesFor(const SymbolCounts& counts);

// Bits of a block's content.
uint64_t BitsOf(const SymbolCounts& counts, const BlockCodes& codes);

}  // namespace santabpf
