#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bit_writer.h"
#include "deflate_symbols.h"

namespace santabpf {

// The lengths of a block's code words as they stand at its begin (RFC 1951, 3.2.7): runs are shortened, and the result has a
// prefix code of its own.
class CodeTable {
 public:
  explicit CodeTable(const BlockCodes& codes);

  uint64_t bits() const { return bits_; }
  void Write(BitWriter& out) const;

 private:
  static constexpr size_t kSymbols = 19;

  struct Item {
    uint8_t symbol;
    uint8_t extra;
  };

  void AddRuns(const uint8_t* lengths, size_t count);
  void Add(unsigned symbol, unsigned extra);

  std::array<Item, kLiteralSymbols + kDistanceSymbols> items_;
  size_t count_ = 0;
  std::array<uint32_t, kSymbols> frequencies_{};
  std::array<CodeWord, kSymbols> words_{};
  size_t literals_ = kLiteralSymbols;
  size_t distances_ = kDistanceSymbols;
  size_t written_words_ = kSymbols;
  uint64_t bits_ = 0;
};

}  // namespace santabpf
