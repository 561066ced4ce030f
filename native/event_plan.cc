#include "event_plan.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace santabpf {
namespace {

constexpr uint64_t kMostRecordBytes = 1 << 20;
constexpr uint64_t kMostKeyBytes = 64 * 1024;
constexpr uint64_t kMostRows = 1 << 24;
constexpr uint64_t kMostParts = 4096;

class Words {
 public:
  Words(const uint64_t* words, size_t count) : at_(words), end_(words + count) {}

  uint64_t Any() {
    if (at_ == end_) throw std::invalid_argument("the plan is too short");
    return *at_++;
  }
  uint64_t UpTo(uint64_t most) {
    const uint64_t value = Any();
    if (value > most) throw std::invalid_argument("a number of the plan is too large");
    return value;
  }
  size_t Count() { return UpTo(kMostParts); }
  bool Bool() { return UpTo(1) == 1; }
  bool AtEnd() const { return at_ == end_; }

  std::string Text() {
    const size_t length = UpTo(kMostRecordBytes);
    std::string text;
    while (text.size() < length) {
      const uint64_t word = Any();
      char bytes[sizeof(word)];
      std::memcpy(bytes, &word, sizeof(word));
      text.append(bytes, std::min(sizeof(word), length - text.size()));
    }
    return text;
  }

 private:
  const uint64_t* at_;
  const uint64_t* const end_;
};

NumberLoad ParseLoad(Words& words, uint32_t required) {
  NumberLoad load{};
  load.offset = static_cast<uint32_t>(words.UpTo(required));
  load.size = static_cast<uint8_t>(words.UpTo(8));
  load.is_signed = words.Bool();
  load.is_network = words.Bool();
  load.shift = static_cast<uint8_t>(words.UpTo(63));
  load.width = static_cast<uint8_t>(words.UpTo(64));
  const bool is_size = load.size == 1 || load.size == 2 || load.size == 4 || load.size == 8;
  if (!is_size || load.end() > required || load.shift + load.width > load.size * 8) throw std::invalid_argument("a number lies outside");
  return load;
}

TextField ParseText(Words& words, uint32_t required) {
  TextField field{};
  field.offset = static_cast<uint32_t>(words.UpTo(required));
  field.size = static_cast<uint32_t>(words.UpTo(kMostKeyBytes));
  if (field.offset >= required) throw std::invalid_argument("a text lies outside");
  return field;
}

void ParseFilter(Words& words, StreamPlan& plan) {
  if (words.Bool()) {
    TextFilter filter{ParseText(words, plan.required_size), words.Bool(), {}};
    plan.filtered_size = std::max(plan.filtered_size, filter.field.offset + 1);
    for (size_t left = words.Count(); left > 0; --left) filter.texts.push_back(words.Text());
    plan.text_filters.push_back(std::move(filter));
    return;
  }
  NumberFilter filter{ParseLoad(words, plan.required_size), 0, false, {}};
  plan.filtered_size = std::max(plan.filtered_size, filter.load.end());
  filter.mask = words.Any();
  filter.is_negated = words.Bool();
  for (size_t left = words.Count(); left > 0; --left) {
    const uint64_t from = words.Any();
    filter.ranges.emplace_back(from, words.Any());
  }
  plan.number_filters.push_back(std::move(filter));
}

void ParseKeyPart(Words& words, StreamPlan& plan, uint64_t& key_bytes) {
  const bool is_text = words.Bool();
  const TextField field = ParseText(words, plan.required_size);
  if (!is_text && field.offset + field.size > plan.required_size) throw std::invalid_argument("a part of the key lies outside");
  key_bytes += field.size;
  plan.key.push_back({field, is_text});
}

Measure ParseMeasure(Words& words, uint32_t required) {
  Measure measure{ParseLoad(words, required), words.Bool(), {}};
  for (size_t left = words.Count(); left > 0; --left) measure.bounds.push_back(words.Any());
  return measure;
}

StreamPlan ParsePlan(Words& words) {
  StreamPlan plan{};
  plan.required_size = static_cast<uint32_t>(words.UpTo(kMostRecordBytes));
  plan.key_size = static_cast<uint32_t>(words.UpTo(kMostKeyBytes));
  plan.most_rows = static_cast<uint32_t>(words.UpTo(kMostRows));
  plan.numbers = 1;
  for (size_t left = words.Count(); left > 0; --left) ParseFilter(words, plan);
  uint64_t key_bytes = 0;
  for (size_t left = words.Count(); left > 0; --left) ParseKeyPart(words, plan, key_bytes);
  if (plan.key_size == 0 || plan.most_rows == 0 || key_bytes > plan.key_size) throw std::invalid_argument("the key is too small");
  for (size_t left = words.Count(); left > 0; --left) {
    plan.measures.push_back(ParseMeasure(words, plan.required_size));
    plan.numbers += plan.measures.back().numbers();
  }
  return plan;
}

}  // namespace

std::vector<StreamPlan> ParsePlans(const uint64_t* words, size_t count) {
  Words reader(words, count);
  std::vector<StreamPlan> plans;
  for (size_t left = reader.Count(); left > 0; --left) plans.push_back(ParsePlan(reader));
  if (!reader.AtEnd()) throw std::invalid_argument("the plan is too long");
  return plans;
}

}  // namespace santabpf
