#include "event_table.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "key_hash.h"

namespace santabpf {
namespace {

size_t SlotsFor(size_t rows) {
  size_t slots = 64;
  while (slots < rows * 2) slots *= 2;
  return slots;
}

}  // namespace

EventTable::EventTable(StreamPlan plan)
    : plan_(std::move(plan)), seed_(RandomSeed()), slots_(SlotsFor(plan_.most_rows)), mask_(slots_.size() - 1), key_(plan_.key_size), other_(plan_.numbers) {
  // Without labels there is one series, which is 0 before the first record.
  if (plan_.key.empty()) NumbersOf(key_.data());
}

bool EventTable::Count(const uint8_t* record, size_t size) noexcept {
  if (size < plan_.filtered_size) return false;
  if (!Passes(record, size)) return true;
  if (size < plan_.required_size) return false;
  MakeKey(record, size);
  Add(record, NumbersOf(key_.data()));
  return true;
}

bool EventTable::Passes(const uint8_t* record, size_t size) const {
  return std::all_of(plan_.number_filters.begin(), plan_.number_filters.end(), [=](const auto& filter) { return filter.Passes(record); }) &&
         std::all_of(plan_.text_filters.begin(), plan_.text_filters.end(), [=](const auto& filter) { return filter.Passes(record, size); });
}

void EventTable::MakeKey(const uint8_t* record, size_t size) {
  uint8_t* to = key_.data();
  for (const KeyPart& part : plan_.key) {
    const size_t length = part.is_text ? part.field.LengthIn(record, size) : part.field.size;
    std::memcpy(to, record + part.field.offset, length);
    std::memset(to + length, 0, part.field.size - length);
    to += part.field.size;
  }
}

size_t EventTable::Find(const uint8_t* key, uint32_t hash) const {
  size_t at = hash & mask_;
  while (slots_[at].row != kNone && (slots_[at].hash != hash || std::memcmp(KeyOf(slots_[at].row), key, plan_.key_size) != 0)) at = (at + 1) & mask_;
  return at;
}

uint64_t* EventTable::NumbersOf(const uint8_t* key) {
  const uint32_t hash = HashOf(key, plan_.key_size, seed_);
  Slot& slot = slots_[Find(key, hash)];
  if (slot.row == kNone) {
    const std::optional<uint32_t> row = NewRow();
    if (!row) return other_.data();
    slot = {hash, *row};
    std::memcpy(keys_.data() + static_cast<size_t>(*row) * plan_.key_size, key, plan_.key_size);
    states_[*row] = State::kNew;
    ++live_;
  }
  return numbers_.data() + static_cast<size_t>(slot.row) * plan_.numbers;
}

std::optional<uint32_t> EventTable::NewRow() {
  if (live_ == plan_.most_rows) return std::nullopt;
  if (!free_.empty()) {
    const uint32_t row = free_.back();
    free_.pop_back();
    std::fill_n(numbers_.begin() + static_cast<ptrdiff_t>(row * plan_.numbers), plan_.numbers, 0);
    return row;
  }
  const size_t row = states_.size();
  try {
    keys_.resize((row + 1) * plan_.key_size);
    numbers_.resize((row + 1) * plan_.numbers);
    states_.push_back(State::kFree);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(row);
}

void EventTable::Add(const uint8_t* record, uint64_t* numbers) const {
  ++*numbers++;
  for (const Measure& measure : plan_.measures) {
    uint64_t value = measure.load.Read(record);
    // A counter cannot go down: negative numbers count as 0.
    if (measure.load.is_signed && static_cast<int64_t>(value) < 0) value = 0;
    if (measure.is_histogram) {
      const auto& bounds = measure.bounds;
      ++numbers[std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin()];
    }
    numbers += measure.numbers();
    numbers[-1] += value;
  }
}

void EventTable::Read() {
  snapshot_.rows.Fit(live_ * sizeof(uint32_t));
  snapshot_.values.Fit(live_ * value_size());
  snapshot_.added_rows.clear();
  snapshot_.added_keys.clear();
  const auto is_new = [](State state) { return state == State::kNew; };
  const auto added = static_cast<size_t>(std::count_if(states_.begin(), states_.end(), is_new));
  snapshot_.added_rows.reserve(added);
  snapshot_.added_keys.reserve(added * plan_.key_size);
  // Nothing fails from here on: what was announced once is not announced again.
  snapshot_.gone_rows = std::exchange(gone_, {});
  auto* row_to = reinterpret_cast<uint32_t*>(snapshot_.rows.data());
  uint8_t* value_to = snapshot_.values.data();
  for (uint32_t row = 0; row < states_.size(); ++row) {
    if (states_[row] == State::kFree) continue;
    if (is_new(states_[row])) {
      snapshot_.added_rows.push_back(row);
      snapshot_.added_keys.insert(snapshot_.added_keys.end(), KeyOf(row), KeyOf(row) + plan_.key_size);
      states_[row] = State::kKnown;
    }
    *row_to++ = row;
    std::memcpy(value_to, numbers_.data() + row * plan_.numbers, value_size());
    value_to += value_size();
  }
  snapshot_.count = live_;
  snapshot_.row_limit = static_cast<uint32_t>(states_.size());
}

bool EventTable::Take(const uint8_t* key, uint64_t* numbers) {
  const size_t at = Find(key, HashOf(key, plan_.key_size, seed_));
  const uint32_t row = slots_[at].row;
  if (row == kNone) return false;
  free_.reserve(states_.size());
  if (states_[row] == State::kKnown) gone_.push_back(row);
  std::memcpy(numbers, numbers_.data() + row * plan_.numbers, value_size());
  states_[row] = State::kFree;
  free_.push_back(row);
  --live_;
  Erase(at);
  return true;
}

// Moves later slots of the same run back, so that a search never meets a gap.
void EventTable::Erase(size_t at) {
  for (size_t next = (at + 1) & mask_; slots_[next].row != kNone; next = (next + 1) & mask_) {
    const size_t home = slots_[next].hash & mask_;
    if (((next - home) & mask_) < ((next - at) & mask_)) continue;
    slots_[at] = slots_[next];
    at = next;
  }
  slots_[at] = {};
}

}  // namespace santabpf
