// libFuzzer target: reads a plan from the input, then counts records by it. Checks that no record is lost or counted twice.
//
// Input: how many words the plan has, then the words, each one byte, or 0xff and eight bytes. What follows are records, each with its
// length before it; 0xff instead of a length takes a snapshot, and 0xfe removes the key that follows.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <vector>

#include "event_plan.h"
#include "event_table.h"

namespace {

constexpr uint8_t kSnapshot = 0xff;
constexpr uint8_t kRemoval = 0xfe;
// A table reserves memory for its rows. Larger ones would only make the fuzzer slow.
constexpr uint32_t kMostRows = 64;
constexpr size_t kMostStreams = 8;

class Input {
 public:
  Input(const uint8_t* bytes, size_t size) : at_(bytes), end_(bytes + size) {}

  bool AtEnd() const { return at_ == end_; }
  uint8_t Byte() { return AtEnd() ? 0 : *at_++; }
  uint64_t Word() {
    const uint8_t byte = Byte();
    if (byte != 0xff) return byte;
    const std::vector<uint8_t> bytes = Bytes(sizeof(uint64_t));
    uint64_t word = 0;
    if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
    return word;
  }
  // As many bytes as there are, in memory of exactly this size: a sanitizer sees each read beyond it.
  std::vector<uint8_t> Bytes(size_t size) {
    const uint8_t* const from = at_;
    at_ += std::min<size_t>(size, static_cast<size_t>(end_ - at_));
    return {from, at_};
  }

 private:
  const uint8_t* at_;
  const uint8_t* const end_;
};

void Require(bool holds) {
  if (!holds) __builtin_trap();
}

// A table, and how many records it must have.
class Checked {
 public:
  explicit Checked(santabpf::StreamPlan plan) : table_(std::move(plan)), numbers_(table_.plan().numbers) {}

  void Count(const std::vector<uint8_t>& record) {
    const uint64_t before = Records();
    const bool is_complete = table_.Count(record.data(), record.size());
    const uint64_t grown = Records() - before;
    Require(grown <= 1 && (is_complete || grown == 0));
    counted_ += grown;
  }
  void Remove(std::vector<uint8_t> key) {
    key.resize(table_.plan().key_size);
    if (table_.Take(key.data(), numbers_.data())) removed_ += numbers_[0];
    Require(Records() + removed_ == counted_);
    Require(!table_.Take(key.data(), numbers_.data()));
  }
  uint64_t Records() {
    table_.Read();
    const santabpf::Snapshot& snapshot = table_.snapshot();
    Require(snapshot.count <= table_.plan().most_rows && snapshot.added_rows.size() <= snapshot.count);
    uint64_t sum = table_.other()[0];
    for (size_t i = 0; i < snapshot.count; i++) {
      uint64_t records = 0;
      std::memcpy(&records, snapshot.values.data() + i * table_.value_size(), sizeof(records));
      sum += records;
    }
    return sum;
  }

 private:
  santabpf::EventTable table_;
  std::vector<uint64_t> numbers_;
  uint64_t counted_ = 0;
  uint64_t removed_ = 0;
};

std::vector<santabpf::StreamPlan> PlansOf(Input& input) {
  std::vector<uint64_t> words(input.Byte());
  for (uint64_t& word : words) word = input.Word();
  try {
    return santabpf::ParsePlans(words.data(), words.size());
  } catch (const std::invalid_argument&) {
    return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  Input input(bytes, size);
  const std::vector<santabpf::StreamPlan> plans = PlansOf(input);
  if (plans.size() > kMostStreams || std::any_of(plans.begin(), plans.end(), [](const auto& plan) { return plan.most_rows > kMostRows; })) return 0;
  std::vector<Checked> tables;
  tables.reserve(plans.size());
  for (const auto& plan : plans) tables.emplace_back(plan);
  while (!tables.empty() && !input.AtEnd()) {
    const uint8_t length = input.Byte();
    if (length == kSnapshot) {
      for (Checked& table : tables) table.Records();
    } else if (length == kRemoval) {
      const std::vector<uint8_t> key = input.Bytes(input.Byte());
      for (Checked& table : tables) table.Remove(key);
    } else {
      const std::vector<uint8_t> record = input.Bytes(length);
      for (Checked& table : tables) table.Count(record);
    }
  }
  return 0;
}
