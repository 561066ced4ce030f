#include "deflate_symbols.h"

namespace santabpf {
namespace {

BlockCodes MakeFixedCodes() {
  BlockCodes codes;
  auto* const words = codes.literals.data();
  for (size_t symbol = 0; symbol < codes.literals.size(); ++symbol) {
    words[symbol].length = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
  }
  for (CodeWord& word : codes.distances) word.length = 5;
  AssignBits(words, codes.literals.size());
  AssignBits(codes.distances.data(), codes.distances.size());
  return codes;
}

}  // namespace

const BlockCodes& FixedCodes() {
  static const BlockCodes codes = MakeFixedCodes();
  return codes;
}

BlockCodes CodesFor(const SymbolCounts& counts) {
  BlockCodes codes;
  FindCodeLengths(counts.literals.data(), kLiteralSymbols, kLongestWord, codes.literals.data());
  FindCodeLengths(counts.distances.data(), kDistanceSymbols, kLongestWord, codes.distances.data());
  return codes;
}

uint64_t BitsOf(const SymbolCounts& counts, const BlockCodes& codes) {
  uint64_t bits = counts.extra_bits;
  for (size_t symbol = 0; symbol < kLiteralSymbols; ++symbol) {
    bits += uint64_t{counts.literals[symbol]} * codes.literals[symbol].length;
  }
  for (size_t symbol = 0; symbol < kDistanceSymbols; ++symbol) {
    bits += uint64_t{counts.distances[symbol]} * codes.distances[symbol].length;
  }
  return bits;
}

}  // namespace santabpf
