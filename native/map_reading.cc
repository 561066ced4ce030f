#include "map_reading.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "failure.h"

namespace santabpf {
namespace {

// BPF programs write this memory meanwhile. Whole words are copied, so no 8-byte counter is torn.
void CopyWords(uint8_t* to, const uint8_t* from, size_t size) {
  for (; size >= 8; to += 8, from += 8, size -= 8) {
    const uint64_t word = __atomic_load_n(reinterpret_cast<const uint64_t*>(from), __ATOMIC_RELAXED);
    std::memcpy(to, &word, 8);
  }
  for (; size > 0; ++to, ++from, --size) *to = __atomic_load_n(from, __ATOMIC_RELAXED);
}

}  // namespace

void MapReading::Reserve(size_t entries, std::vector<uint8_t>& keys, SharedBuffer& values) {
  if (keys.size() < entries * layout_.key_size) keys.resize(entries * layout_.key_size);
  values.Reserve(entries * layout_.value_stride, count_ * layout_.value_stride);
  capacity_ = entries;
}

int MapReading::Read(std::vector<uint8_t>& keys, SharedBuffer& values) {
  // A little more than last time, so one batch is mostly enough.
  const size_t entries = layout_.kind.is_array ? layout_.max_entries : count_ + count_ / 8 + 64;
  count_ = 0;
  values.Fit(entries * layout_.value_stride);
  if (layout_.kind.is_array && mmap_works_ && (layout_.flags & BPF_F_MMAPABLE) != 0) {
    const int error = ReadMapped(values);
    if (mmap_works_) return error;
  }
  Reserve(entries, keys, values);
  if (batch_works_) {
    const int error = ReadBatches(keys, values);
    if (batch_works_) return error;
    count_ = 0;
  }
  return layout_.kind.is_array ? ReadArray(values) : ReadOneByOne(keys, values);
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

int MapReading::ReadBatches(std::vector<uint8_t>& keys, SharedBuffer& values) {
  // The kernel keeps its position here: a bucket number or a key.
  std::vector<uint8_t> position(std::max<size_t>(layout_.key_size, 8));
  std::vector<uint8_t> next(position.size());
  bool started = false;
  int retries = 0;
  for (;;) {
    uint32_t count = static_cast<uint32_t>(std::min<size_t>(capacity_ - count_, UINT32_MAX));
    const uint32_t asked = count;
    const int result = bpf_map_lookup_batch(fd_, started ? position.data() : nullptr, next.data(), keys.data() + count_ * layout_.key_size,
                                            values.data() + count_ * layout_.value_stride, &count, nullptr);
    const int error = result == 0 ? 0 : ErrnoOf(result);
    if (error != 0 && error != ENOENT && error != ENOSPC && error != EINTR) {
      if (!started && IsUnsupported(error)) batch_works_ = false;
      return error;
    }
    // With these three errors, and with 0, the kernel has filled in `count`.
    count = std::min(count, asked);
    if (error == EINTR && ++retries > 1000) return EAGAIN;
    if (error != EINTR || count < asked) count_ += count;
    if (error == ENOENT) return 0;
    if (error == 0 && layout_.kind.is_array && count_ >= layout_.max_entries) return 0;
    if (count_ > layout_.MostSteps()) return EAGAIN;
    if (count > 0) {
      position = next;
      started = true;
    }
    // ENOSPC without an entry: the next bucket does not fit.
    if (capacity_ - count_ < 64 || (error == ENOSPC && count == 0)) Reserve(capacity_ + std::max<size_t>(capacity_, 64), keys, values);
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

int MapReading::ReadOneByOne(std::vector<uint8_t>& keys, SharedBuffer& values) {
  std::vector<uint8_t> key(layout_.key_size);
  std::vector<uint8_t> next(layout_.key_size);
  for (size_t steps = 0;; ++steps) {
    // When `key` was removed meanwhile the kernel starts again at the first key. MapState drops the repeated ones.
    const int stepped = bpf_map_get_next_key(fd_, steps == 0 ? nullptr : key.data(), next.data());
    if (stepped != 0) return ErrnoOf(stepped) == ENOENT ? 0 : ErrnoOf(stepped);
    if (steps > layout_.MostSteps()) return EAGAIN;
    key.swap(next);
    if (count_ == capacity_) Reserve(capacity_ * 2, keys, values);
    const int found = bpf_map_lookup_elem(fd_, key.data(), values.data() + count_ * layout_.value_stride);
    if (found != 0) {
      if (ErrnoOf(found) == ENOENT) continue;
      return ErrnoOf(found);
    }
    std::memcpy(keys.data() + count_ * layout_.key_size, key.data(), layout_.key_size);
    ++count_;
  }
}

}  // namespace santabpf
