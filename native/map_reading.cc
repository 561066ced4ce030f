#include "map_reading.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "failure.h"

namespace santabpf {
namespace {

constexpr size_t RoundUp8(size_t size) { return (size + 7) & ~static_cast<size_t>(7); }

// Memory that BPF programs change meanwhile: whole words, so that no 8-byte counter is seen half-written.
void CopyWords(uint8_t* to, const uint8_t* from, size_t size) {
  for (; size >= 8; to += 8, from += 8, size -= 8) {
    const uint64_t word = __atomic_load_n(reinterpret_cast<const uint64_t*>(from), __ATOMIC_RELAXED);
    std::memcpy(to, &word, 8);
  }
  for (; size > 0; ++to, ++from, --size) *to = __atomic_load_n(from, __ATOMIC_RELAXED);
}

}  // namespace

bool IsArray(const MapLayout& layout) { return layout.type == BPF_MAP_TYPE_ARRAY || layout.type == BPF_MAP_TYPE_PERCPU_ARRAY; }

bool IsReadable(const MapLayout& layout) {
  switch (layout.type) {
    case BPF_MAP_TYPE_HASH:
    case BPF_MAP_TYPE_ARRAY:
    case BPF_MAP_TYPE_PERCPU_HASH:
    case BPF_MAP_TYPE_PERCPU_ARRAY:
    case BPF_MAP_TYPE_STACK_TRACE:
    case BPF_MAP_TYPE_LRU_HASH:
    case BPF_MAP_TYPE_LRU_PERCPU_HASH:
    case BPF_MAP_TYPE_LPM_TRIE:
    case BPF_MAP_TYPE_ARRAY_OF_MAPS:
    case BPF_MAP_TYPE_HASH_OF_MAPS:
    case BPF_MAP_TYPE_CGROUP_STORAGE:
    case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: return true;
    default: return false;
  }
}

// A walk that finds more than this runs in circles, since keys come and go faster than it gets on.
size_t MapReading::Limit() const { return static_cast<size_t>(layout_.max_entries) * 4 + 4096; }

void MapReading::Reserve(size_t entries, SharedBuffer& values) {
  if (entries <= room_ && entries * layout_.value_stride <= values.capacity()) return;
  keys_.resize(entries * layout_.key_size);
  values.Reserve(entries * layout_.value_stride, count_ * layout_.value_stride);
  room_ = entries;
}

int MapReading::Read(const ReadOptions& options, SharedBuffer& values) {
  const size_t before = count_;
  count_ = 0;
  if (IsArray(layout_)) {
    values.Reserve(static_cast<size_t>(layout_.max_entries) * layout_.value_stride, 0);
    if (options.mmap && mmap_works_ && (layout_.flags & BPF_F_MMAPABLE) != 0) {
      const int error = ReadMapped(values);
      if (mmap_works_) return error;
    }
    Reserve(layout_.max_entries, values);
  } else {
    // A little more than last time, for one batch to be enough.
    Reserve(std::max({room_, before + before / 8 + 64, std::min<size_t>(layout_.max_entries, 1024)}), values);
  }
  if (options.batch && batch_works_) {
    const int error = ReadBatches(values);
    if (batch_works_) return error;
    count_ = 0;
  }
  return IsArray(layout_) ? ReadArray(values) : ReadOneByOne(values);
}

int MapReading::ReadMapped(SharedBuffer& values) {
  const size_t step = RoundUp8(layout_.value_size);
  if (!mapping_.valid() && !mapping_.Map(fd_, step * layout_.max_entries)) {
    mmap_works_ = false;
    return errno;
  }
  const uint8_t* from = static_cast<const uint8_t*>(mapping_.data());
  uint8_t* to = values.data();
  if (step == layout_.value_size) {
    CopyWords(to, from, step * layout_.max_entries);
  } else {
    for (uint32_t i = 0; i < layout_.max_entries; ++i, to += layout_.value_size, from += step) CopyWords(to, from, layout_.value_size);
  }
  count_ = layout_.max_entries;
  return 0;
}

int MapReading::ReadBatches(SharedBuffer& values) {
  // The kernel's position: a bucket number or a key.
  std::vector<uint8_t> position(std::max<size_t>(layout_.key_size, 8));
  std::vector<uint8_t> next(position.size());
  bool started = false;
  int retries = 0;
  for (;;) {
    uint32_t count = static_cast<uint32_t>(std::min<size_t>(room_ - count_, UINT32_MAX));
    const uint32_t asked = count;
    const int result = bpf_map_lookup_batch(fd_, started ? position.data() : nullptr, next.data(), keys_.data() + count_ * layout_.key_size,
                                            values.data() + count_ * layout_.value_stride, &count, nullptr);
    const int error = result == 0 ? 0 : ErrnoOf(result);
    if (error != 0 && error != ENOENT && error != ENOSPC && error != EINTR) {
      if (!started && IsUnsupported(error)) batch_works_ = false;
      return error;
    }
    // Only these fill in how many were read.
    count = std::min(count, asked);
    if (error == EINTR && ++retries > 1000) return EAGAIN;
    if (error != EINTR || count < asked) count_ += count;
    if (error == ENOENT) return 0;
    if (error == 0 && IsArray(layout_) && count_ >= layout_.max_entries) return 0;
    if (count_ > Limit()) return EAGAIN;
    if (count > 0) {
      position = next;
      started = true;
    }
    // ENOSPC without an entry: the next bucket is larger than the room that is left.
    if (room_ - count_ < 64 || (error == ENOSPC && count == 0)) Reserve(room_ + std::max<size_t>(room_, 64), values);
  }
}

int MapReading::ReadArray(SharedBuffer& values) {
  for (uint32_t key = 0; key < layout_.max_entries; ++key) {
    const int result = bpf_map_lookup_elem(fd_, &key, values.data() + static_cast<size_t>(key) * layout_.value_stride);
    if (result != 0) return ErrnoOf(result);
  }
  count_ = layout_.max_entries;
  return 0;
}

int MapReading::ReadOneByOne(SharedBuffer& values) {
  std::vector<uint8_t> key(layout_.key_size);
  std::vector<uint8_t> next(layout_.key_size);
  for (size_t steps = 0;; ++steps) {
    // When `key` has vanished meanwhile the kernel starts again from the first: what comes twice is sorted out later.
    const int stepped = bpf_map_get_next_key(fd_, steps == 0 ? nullptr : key.data(), next.data());
    if (stepped != 0) return ErrnoOf(stepped) == ENOENT ? 0 : ErrnoOf(stepped);
    if (steps > Limit()) return EAGAIN;
    key.swap(next);
    if (count_ == room_) Reserve(room_ * 2, values);
    const int found = bpf_map_lookup_elem(fd_, key.data(), values.data() + count_ * layout_.value_stride);
    if (found != 0) {
      if (ErrnoOf(found) == ENOENT) continue;
      return ErrnoOf(found);
    }
    std::memcpy(keys_.data() + count_ * layout_.key_size, key.data(), layout_.key_size);
    ++count_;
  }
}

}  // namespace santabpf
