#include "prefix_code.h"

#include <algorithm>
#include <array>

namespace santabpf {
namespace {

constexpr size_t kMaxSymbols = 288;
constexpr unsigned kMaxLength = 15;
constexpr unsigned kSymbolBits = 9;

using Lengths = std::array<uint32_t, kMaxLength + 1>;

// The used symbols with their frequencies, rarest first: frequency << kSymbolBits | symbol.
size_t SortedSymbols(const uint32_t* frequencies, size_t count, uint64_t* symbols) {
  size_t used = 0;
  for (size_t symbol = 0; symbol < count; ++symbol) {
    if (frequencies[symbol] > 0) symbols[used++] = uint64_t{frequencies[symbol]} << kSymbolBits | symbol;
  }
  for (size_t symbol = 0; used < 2; ++symbol) {
    if (frequencies[symbol] == 0) symbols[used++] = uint64_t{1} << kSymbolBits | symbol;
  }
  std::sort(symbols, symbols + used);
  return used;
}

// Builds Huffman's tree from leaves in ascending order and counts its leaves by depth; those below `longest` count as `longest`.
Lengths CountDepths(const uint64_t* symbols, size_t used, unsigned longest) {
  std::array<uint64_t, 2 * kMaxSymbols> weights;
  std::array<uint16_t, 2 * kMaxSymbols> parents;
  for (size_t leaf = 0; leaf < used; ++leaf) weights[leaf] = symbols[leaf] >> kSymbolBits;
  size_t leaf = 0;
  size_t inner = used;
  const size_t root = 2 * used - 2;
  for (size_t node = used; node <= root; ++node) {
    weights[node] = 0;
    for (int child = 0; child < 2; ++child) {
      // Inner nodes are made in ascending order, too.
      const bool takes_leaf = leaf < used && (inner == node || weights[leaf] <= weights[inner]);
      const size_t taken = takes_leaf ? leaf++ : inner++;
      weights[node] += weights[taken];
      parents[taken] = static_cast<uint16_t>(node);
    }
  }
  std::array<uint16_t, 2 * kMaxSymbols> depths;
  depths[root] = 0;
  Lengths counts{};
  for (size_t node = root; node-- > 0;) {
    depths[node] = static_cast<uint16_t>(depths[parents[node]] + 1);
    if (node < used) ++counts[std::min<unsigned>(depths[node], longest)];
  }
  return counts;
}

// Makes the lengths a prefix code again after long ones were cut: lengthens short code words.
void Complete(Lengths& counts, unsigned longest) {
  uint32_t space = 0;
  for (unsigned length = 1; length <= longest; ++length) space += counts[length] << (longest - length);
  for (; space > 1u << longest; --space) {
    unsigned length = longest - 1;
    while (counts[length] == 0) --length;
    --counts[length];
    counts[length + 1] += 2;
    --counts[longest];
  }
}

uint16_t Reversed(uint32_t bits, unsigned length) {
  uint32_t reversed = 0;
  for (unsigned bit = 0; bit < length; ++bit) reversed |= (bits >> bit & 1) << (length - 1 - bit);
  return static_cast<uint16_t>(reversed);
}

}  // namespace

void FindCodeLengths(const uint32_t* frequencies, size_t count, unsigned longest, CodeWord* words) {
  std::array<uint64_t, kMaxSymbols> symbols;
  const size_t used = SortedSymbols(frequencies, count, symbols.data());
  Lengths counts = CountDepths(symbols.data(), used, longest);
  Complete(counts, longest);
  std::fill(words, words + count, CodeWord{0, 0});
  size_t next = 0;
  for (unsigned length = longest; length > 0; --length) {
    for (uint32_t left = counts[length]; left > 0; --left) {
      words[symbols[next++] & ((1u << kSymbolBits) - 1)].length = static_cast<uint8_t>(length);
    }
  }
}

void AssignBits(CodeWord* words, size_t count) {
  Lengths counts{};
  for (size_t symbol = 0; symbol < count; ++symbol) ++counts[words[symbol].length];
  counts[0] = 0;
  std::array<uint32_t, kMaxLength + 1> next{};
  for (unsigned length = 1; length <= kMaxLength; ++length) next[length] = (next[length - 1] + counts[length - 1]) << 1;
  for (size_t symbol = 0; symbol < count; ++symbol) {
    const unsigned length = words[symbol].length;
    if (length > 0) words[symbol].bits = Reversed(next[length]++, length);
  }
}

}  // namespace santabpf
