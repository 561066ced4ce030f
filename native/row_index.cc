#include "row_index.h"

#include <cstring>
#include <new>
#include <utility>

#include "key_hash.h"

namespace santabpf {

RowIndex::RowIndex(size_t key_size) : key_size_(key_size), seed_(RandomSeed()) {}

void RowIndex::Rehash(size_t slots) {
  std::vector<Slot> fresh(slots, Slot{0, kNone});
  const size_t mask = slots - 1;
  for (const Slot& slot : slots_) {
    if (slot.row == kNone) continue;
    size_t at = slot.hash & mask;
    while (fresh[at].row != kNone) at = (at + 1) & mask;
    fresh[at] = slot;
  }
  slots_ = std::move(fresh);
  mask_ = mask;
}

void RowIndex::Begin() {
  if (slots_.empty()) Rehash(64);
  added_.clear();
  gone_.clear();
  seen_ = 0;
  last_found_ = kNone;
  guess_ = first_;
  if (++pass_ == 0) {
    // The counter wraps after 2^32 passes. Free rows stay free; all others count as seen long ago.
    for (uint32_t& pass : passes_) pass = pass == 0 ? 0 : 1;
    pass_ = 2;
  }
}

RowIndex::Row RowIndex::Find(const uint8_t* key) {
  uint32_t row = guess_;
  if (row == kNone || passes_[row] == 0 || std::memcmp(KeyOf(row), key, key_size_) != 0) row = Search(key);
  if (row == kNone) {
    row = Add(key);
    next_[row] = guess_;
    Follow(row);
    return {row, Seen::kAdded};
  }
  if (passes_[row] == pass_) return {row, Seen::kRepeated};
  passes_[row] = pass_;
  ++seen_;
  Follow(row);
  return {row, Seen::kKnown};
}

void RowIndex::Follow(uint32_t row) {
  (last_found_ == kNone ? first_ : next_[last_found_]) = row;
  last_found_ = row;
  guess_ = next_[row];
}

uint32_t RowIndex::Search(const uint8_t* key) const {
  const uint32_t hash = HashOf(key, key_size_, seed_);
  for (size_t at = hash & mask_; slots_[at].row != kNone; at = (at + 1) & mask_) {
    if (slots_[at].hash == hash && std::memcmp(KeyOf(slots_[at].row), key, key_size_) == 0) return slots_[at].row;
  }
  return kNone;
}

uint32_t RowIndex::Add(const uint8_t* key) {
  if (live_ + 1 > slots_.size() - slots_.size() / 3) Rehash(slots_.size() * 2);
  const uint32_t row = NewRow();
  const uint32_t hash = HashOf(key, key_size_, seed_);
  size_t at = hash & mask_;
  while (slots_[at].row != kNone) at = (at + 1) & mask_;
  std::memcpy(keys_.data() + static_cast<size_t>(row) * key_size_, key, key_size_);
  slots_[at] = {hash, row};
  passes_[row] = pass_;
  added_.push_back(row);
  ++live_;
  ++seen_;
  return row;
}

uint32_t RowIndex::NewRow() {
  if (!free_.empty()) {
    const uint32_t row = free_.back();
    free_.pop_back();
    return row;
  }
  const uint32_t row = limit();
  if (row == kNone) throw std::bad_alloc();
  keys_.resize((static_cast<size_t>(row) + 1) * key_size_);
  next_.resize(row + 1, kNone);
  passes_.push_back(0);
  // Freeing rows must not need memory.
  for (auto* list : {&free_, &added_, &gone_}) {
    if (list->capacity() < passes_.capacity()) list->reserve(passes_.capacity());
  }
  return row;
}

void RowIndex::Erase(uint32_t row) {
  size_t at = HashOf(KeyOf(row), key_size_, seed_) & mask_;
  while (slots_[at].row != row) at = (at + 1) & mask_;
  // Entries that were pushed past this slot move up: no tombstones.
  for (size_t next = (at + 1) & mask_; slots_[next].row != kNone; next = (next + 1) & mask_) {
    const size_t home = slots_[next].hash & mask_;
    if (((next - home) & mask_) >= ((next - at) & mask_)) {
      slots_[at] = slots_[next];
      at = next;
    }
  }
  slots_[at].row = kNone;
  passes_[row] = 0;
  free_.push_back(row);
  --live_;
}

void RowIndex::End() {
  if (seen_ == live_) return;
  for (uint32_t row = 0; row < limit(); ++row) {
    if (passes_[row] != 0 && passes_[row] != pass_) gone_.push_back(row);
  }
  // The lowest number last: it is used again first.
  for (auto row = gone_.rbegin(); row != gone_.rend(); ++row) Erase(*row);
}

void RowIndex::Abort() {
  for (auto row = added_.rbegin(); row != added_.rend(); ++row) Erase(*row);
  added_.clear();
}

}  // namespace santabpf
