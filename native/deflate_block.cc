#include "deflate_block.h"

#include <algorithm>
#include <array>

#include "code_table.h"
#include "deflate_symbols.h"

namespace santabpf {
namespace {

constexpr size_t kMaxStored = 65535;

enum Form : unsigned { kStored, kFixed, kDynamic };

// The bits of a block's copies by length: code word and extra bits.
class CopyLengths {
 public:
  explicit CopyLengths(const BlockCodes& codes) {
    for (unsigned length = kShortest; length <= kLongest; ++length) {
      const RangeSymbol range = LengthSymbol(length);
      const CodeWord word = codes.literals[range.symbol];
      words_[length - kShortest] = {word.bits | uint32_t{range.extra} << word.length, word.length + range.extra_bits};
    }
  }

  void Write(unsigned length, BitWriter& out) const {
    const Word& word = words_[length - kShortest];
    out.Add(word.bits, word.length);
  }

 private:
  static constexpr unsigned kShortest = 3;
  static constexpr unsigned kLongest = 258;

  struct Word {
    uint32_t bits;
    int length;
  };

  std::array<Word, kLongest - kShortest + 1> words_;
};

SymbolCounts Count(const uint8_t* bytes, const BlockParts& parts) {
  SymbolCounts counts;
  for (const BlockPart& part : parts) {
    for (const uint8_t* const end = bytes + part.literals; bytes < end; ++bytes) ++counts.literals[*bytes];
    if (part.length == 0) break;
    const RangeSymbol length = LengthSymbol(part.length);
    const RangeSymbol distance = DistanceSymbol(part.distance);
    ++counts.literals[length.symbol];
    ++counts.distances[distance.symbol];
    counts.extra_bits += length.extra_bits + distance.extra_bits;
    bytes += part.length;
  }
  ++counts.literals[kEndOfBlock];
  return counts;
}

void WriteStored(const uint8_t* bytes, size_t size, BitWriter& out) {
  while (size > 0) {
    const size_t part = std::min(size, kMaxStored);
    out.Add(kStored << 1, 3);
    out.Align();
    out.Add(part | (~part & 0xffff) << 16, 32);
    out.Flush();
    out.Bytes(bytes, part);
    bytes += part;
    size -= part;
  }
}

void WriteParts(const uint8_t* bytes, const BlockParts& parts, const BlockCodes& codes, BitWriter& out) {
  const CopyLengths lengths(codes);
  const auto literal = [&](size_t symbol) { out.Add(codes.literals[symbol].bits, codes.literals[symbol].length); };
  for (const BlockPart& part : parts) {
    const uint8_t* const end = bytes + part.literals;
    // Flushed after three: a code word has up to 15 bits.
    for (; end - bytes >= 3; bytes += 3) {
      for (int next = 0; next < 3; ++next) literal(bytes[next]);
      out.Flush();
    }
    for (; bytes < end; ++bytes) literal(*bytes);
    out.Flush();
    if (part.length == 0) break;
    lengths.Write(part.length, out);
    const RangeSymbol distance = DistanceSymbol(part.distance);
    out.Add(codes.distances[distance.symbol].bits, codes.distances[distance.symbol].length);
    out.Add(distance.extra, distance.extra_bits);
    out.Flush();
    bytes += part.length;
  }
  literal(kEndOfBlock);
  out.Flush();
}

}  // namespace

void WriteBlock(const uint8_t* bytes, size_t size, const BlockParts& parts, BitWriter& out) {
  const SymbolCounts counts = Count(bytes, parts);
  BlockCodes codes = CodesFor(counts);
  const CodeTable table(codes);
  const uint64_t dynamic_bits = table.bits() + BitsOf(counts, codes);
  const uint64_t fixed_bits = BitsOf(counts, FixedCodes());
  if (8 * size <= std::min(dynamic_bits, fixed_bits)) {
    WriteStored(bytes, size, out);
  } else if (fixed_bits <= dynamic_bits) {
    out.Add(kFixed << 1, 3);
    WriteParts(bytes, parts, FixedCodes(), out);
  } else {
    AssignBits(codes.literals.data(), kLiteralSymbols);
    AssignBits(codes.distances.data(), kDistanceSymbols);
    out.Add(kDynamic << 1, 3);
    table.Write(out);
    WriteParts(bytes, parts, codes, out);
  }
}

void WriteLastBlock(BitWriter& out) {
  const CodeWord& end = FixedCodes().literals[kEndOfBlock];
  out.Add(kFixed << 1 | 1, 3);
  out.Add(end.bits, end.length);
  out.Align();
}

}  // namespace santabpf
