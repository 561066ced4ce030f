#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace santabpf {

// Gives each key of a map a dense row number that it keeps for as long as it is seen in every pass.
//
// An open-addressing hash table with linear probing. Keys come from the kernel, partly from whoever it watches, so
// the hash is seeded at random. The kernel walks a map in the same order each time: each row remembers which one came
// next, and mostly that guess saves the search.
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
  // The row of the next key; kRepeated when this pass had it already. May throw bad_alloc: then Abort() the pass.
  Row Find(const uint8_t* key);
  // Ends the pass: frees the rows of keys that it did not see. Freed numbers are given out again by later passes.
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

  uint32_t Hash(const uint8_t* key) const;
  void Rehash(size_t slots);
  uint32_t NewRow();
  // The row that has the key, or kNone.
  uint32_t Search(const uint8_t* key) const;
  uint32_t Add(const uint8_t* key);
  void Follow(uint32_t row);
  void Erase(uint32_t row);

  const size_t key_size_;
  const uint64_t seed_;
  std::vector<Slot> slots_;  // a power of two
  size_t mask_ = 0;
  std::vector<uint8_t> keys_;     // by row
  std::vector<uint32_t> passes_;  // by row: the pass that saw it last, 0 for a free row
  std::vector<uint32_t> next_;    // by row: which row came after it
  uint32_t first_ = kNone;        // which row came first
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
