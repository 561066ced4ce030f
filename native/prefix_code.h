#pragma once

#include <cstddef>
#include <cstdint>

namespace santabpf {

// One symbol of a prefix code: its bits in the order in which DEFLATE writes them.
struct CodeWord {
  uint16_t bits;
  uint8_t length;  // 0: the symbol is not used
};

// Finds the lengths of a Huffman code, none longer than `longest`. At least two symbols get a code word, so that
// every decoder accepts the code. `count` is at most 288, and at most 2^longest.
void FindCodeLengths(const uint32_t* frequencies, size_t count, unsigned longest, CodeWord* words);

// Gives every symbol with a length its bits (RFC 1951, 3.2.2).
void AssignBits(CodeWord* words, size_t count);

}  // namespace santabpf
