#include "code_table.h"

#include <algorithm>

namespace santabpf {
namespace {

constexpr unsigned kLongestWordOfTable = 7;
constexpr unsigned kRepeat = 16;      // the last length, 3 to 6 times
constexpr unsigned kFewZeros = 17;    // 3 to 10
constexpr unsigned kManyZeros = 18;   // 11 to 138
// In this order the lengths of the table's own code are written: those at the end are often not used.
constexpr std::array<uint8_t, 19> kOrder{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

unsigned ExtraBits(unsigned symbol) {
  switch (symbol) {
    case kRepeat: return 2;
    case kFewZeros: return 3;
    case kManyZeros: return 7;
    default: return 0;
  }
}

}  // namespace

CodeTable::CodeTable(const BlockCodes& codes) {
  while (literals_ > kFirstLength && codes.literals[literals_ - 1].length == 0) --literals_;
  while (distances_ > 1 && codes.distances[distances_ - 1].length == 0) --distances_;
  std::array<uint8_t, kLiteralSymbols + kDistanceSymbols> lengths;
  for (size_t symbol = 0; symbol < literals_; ++symbol) lengths[symbol] = codes.literals[symbol].length;
  for (size_t symbol = 0; symbol < distances_; ++symbol) lengths[literals_ + symbol] = codes.distances[symbol].length;
  AddRuns(lengths.data(), literals_ + distances_);
  FindCodeLengths(frequencies_.data(), kSymbols, kLongestWordOfTable, words_.data());
  AssignBits(words_.data(), kSymbols);
  while (written_words_ > 4 && words_[kOrder[written_words_ - 1]].length == 0) --written_words_;
  bits_ = 5 + 5 + 4 + 3 * written_words_;
  for (unsigned symbol = 0; symbol < kSymbols; ++symbol) {
    bits_ += frequencies_[symbol] * (words_[symbol].length + ExtraBits(symbol));
  }
}

void CodeTable::Write(BitWriter& out) const {
  out.Add(literals_ - kFirstLength, 5);
  out.Add(distances_ - 1, 5);
  out.Add(written_words_ - 4, 4);
  out.Flush();
  for (size_t place = 0; place < written_words_; ++place) {
    out.Add(words_[kOrder[place]].length, 3);
    out.Flush();
  }
  for (size_t place = 0; place < count_; ++place) {
    const Item& item = items_[place];
    out.Add(words_[item.symbol].bits, words_[item.symbol].length);
    out.Add(item.extra, ExtraBits(item.symbol));
    out.Flush();
  }
}

void CodeTable::AddRuns(const uint8_t* lengths, size_t count) {
  for (size_t at = 0; at < count;) {
    const uint8_t length = lengths[at];
    size_t end = at + 1;
    while (end < count && lengths[end] == length) ++end;
    size_t run = end - at;
    at = end;
    if (length > 0) {
      Add(length, 0);
      --run;
    }
    while (run >= 3) {
      const size_t most = length > 0 ? 6 : 138;
      const size_t part = std::min(run, most);
      const size_t least = length > 0 || part <= 10 ? 3 : 11;
      Add(length > 0 ? kRepeat : part <= 10 ? kFewZeros : kManyZeros, static_cast<unsigned>(part - least));
      run -= part;
    }
    for (; run > 0; --run) Add(length, 0);
  }
}

void CodeTable::Add(unsigned symbol, unsigned extra) {
  items_[count_++] = {static_cast<uint8_t>(symbol), static_cast<uint8_t>(extra)};
  ++frequencies_[symbol];
}

}  // namespace santabpf
