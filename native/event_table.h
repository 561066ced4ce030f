#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "event_plan.h"
#include "snapshot.h"

namespace santabpf {

// Adds up the records of one stream by key. It never holds more than the plan's number of keys: what finds no place, or no memory,
// is added up for all other keys together. One call at a time.
class EventTable {
 public:
  // Throws std::bad_alloc.
  explicit EventTable(StreamPlan plan);

  // False if the record is too short: it lacks something that the stream reads, or that tells whether it belongs to the stream. Does not throw: it is called by C.
  bool Count(const uint8_t* record, size_t size) noexcept;
  // Copies all numbers into snapshot().
  void Read();
  // Removes a key and copies its numbers; false if there is no such key.
  bool Take(const uint8_t* key, uint64_t* numbers);

  const StreamPlan& plan() const { return plan_; }
  size_t value_size() const { return plan_.numbers * sizeof(uint64_t); }
  Snapshot& snapshot() { return snapshot_; }
  // Of all other keys.
  const std::vector<uint64_t>& other() const { return other_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Slot {
    uint32_t hash = 0;
    uint32_t row = kNone;
  };
  enum class State : uint8_t { kFree, kNew, kKnown };  // known: the last snapshot had it

  bool Passes(const uint8_t* record, size_t size) const;
  void MakeKey(const uint8_t* record, size_t size);
  // The slot of the key, or the free one where it belongs.
  size_t Find(const uint8_t* key, uint32_t hash) const;
  uint64_t* NumbersOf(const uint8_t* key);
  std::optional<uint32_t> NewRow();
  void Add(const uint8_t* record, uint64_t* numbers) const;
  void Erase(size_t at);
  const uint8_t* KeyOf(uint32_t row) const { return keys_.data() + static_cast<size_t>(row) * plan_.key_size; }

  const StreamPlan plan_;
  const uint64_t seed_;
  std::vector<Slot> slots_;  // a power of two, at least twice the most rows
  size_t mask_;
  std::vector<uint8_t> key_;       // of the record that is counted
  std::vector<uint8_t> keys_;      // by row
  std::vector<uint64_t> numbers_;  // by row
  std::vector<State> states_;      // by row
  std::vector<uint32_t> free_;
  std::vector<uint32_t> gone_;  // known rows that were removed since the last snapshot
  size_t live_ = 0;
  std::vector<uint64_t> other_;
  Snapshot snapshot_;
};

}  // namespace santabpf
