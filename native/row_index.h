#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace santabpf {

// Gives each key of a map a dense row number. A key keeps its number while every pass sees it.
//
// An open-addressing hash table with linear probing. Any process may influence keys, so the hash has a random seed. The
// kernel walks a map in the same order each time: each row remembers its successor, which mostly saves the search.
class RowIndex {
 public:
  explicit RowIndex(size_t key_size);

  enum class Seen { kKnown, kAdded, kRepeated };
  struct Row {
    uint32_t number;
    Seen seen;
  };

  // Starts a pass.
  void Begin();
  // The row of the next key; kRepeated when this pass had it before. After a bad_alloc, Abort() the pass.
  Row Find(const uint8_t* key);
  // Ends the pass: frees the rows of keys that it did not see. Later passes use these numbers again.
  void End();
  // Undoes what the pass added.
  void Abort();

  // Rows that the last pass added and freed.
  const std::vector<uint32_t>& added() const { return added_; }
  const std::vector<uint32_t>& gone() const { return gone_; }

  // All row numbers are below this.
  uint32_t limit() const { return static_cast<uint32_t>(passes_.size()); }
  const uint8_t* KeyOf(uint32_t row) const { return keys_.data() + static_cast<size_t>(row) * key_size_; }

 private:
  struct Slot {
    uint32_t hash;
    uint32_t row;  // kNone when the slot is free
  };

  static constexpr uint32_t kNone = UINT32_MAX;

  void Rehash(size_t slots);
  uint32_t NewRow();
  // The row of the key, or kNone.
  uint32_t Search(const uint8_t* key) const;
  uint32_t Add(const uint8_t* key);
  void Follow(uint32_t row);
  void Erase(uint32_t row);

  const size_t key_size_;
  const uint64_t seed_;
  std::vector<Slot> slots_;  // a power of two
  size_t mask_ = 0;
  std::vector<uint8_t> keys_;     // by row
  std::vector<uint32_t> passes_;  // by row: the last pass that saw it, 0 for a free row
  std::vector<uint32_t> next_;    // by row: its successor in the last walk
  uint32_t first_ = kNone;        // first in the last walk
  uint32_t last_found_ = kNone;
  uint32_t guess_ = kNone;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> added_;
  std::vector<uint32_t> gone_;
  size_t live_ = 0;  // rows in use
  size_t seen_ = 0;  // of these, seen in this pass
  uint32_t pass_ = 0;
};

}  // namespace santabpf
