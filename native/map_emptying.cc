#include "map_emptying.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "failure.h"

namespace santabpf {
namespace {

constexpr uint32_t kFirstCapacity = 256;

int ZeroArray(int fd, const MapLayout& layout) {
  const std::vector<uint8_t> zeroes(layout.value_stride);
  for (uint32_t key = 0; key < layout.max_entries; ++key) {
    const int result = bpf_map_update_elem(fd, &key, zeroes.data(), BPF_ANY);
    if (result != 0) return ErrnoOf(result);
  }
  return 0;
}

// Returns 0 or an errno; IsUnsupported() when this type of map has no such operation.
int TakeBatches(int fd, const MapLayout& layout) {
  uint32_t capacity = std::min(layout.max_entries, kFirstCapacity);
  std::vector<uint8_t> keys(static_cast<size_t>(capacity) * layout.key_size);
  std::vector<uint8_t> values(static_cast<size_t>(capacity) * layout.value_stride);
  // The kernel keeps its position here: a bucket number.
  std::vector<uint8_t> position(std::max<size_t>(layout.key_size, 8));
  bool started = false;
  int retries = 0;
  for (size_t taken = 0; taken <= layout.MostSteps();) {
    uint32_t count = capacity;
    const int result =
        bpf_map_lookup_and_delete_batch(fd, started ? position.data() : nullptr, position.data(), keys.data(), values.data(), &count, nullptr);
    const int error = result == 0 ? 0 : ErrnoOf(result);
    if (error == ENOENT) return 0;
    if (error == ENOSPC) {
      // The next bucket does not fit. Buckets that this call took before it have moved the position on.
      capacity = capacity > UINT32_MAX / 2 ? UINT32_MAX : capacity * 2;
      keys.resize(static_cast<size_t>(capacity) * layout.key_size);
      values.resize(static_cast<size_t>(capacity) * layout.value_stride);
      started = started || count > 0;
      continue;
    }
    if (error == EINTR && ++retries <= 1000) continue;
    if (error != 0) return error == EINTR ? EAGAIN : error;
    taken += count;
    started = true;
  }
  return EAGAIN;
}

int TakeOneByOne(int fd, const MapLayout& layout) {
  std::vector<uint8_t> key(layout.key_size);
  std::vector<uint8_t> next(layout.key_size);
  int stepped = bpf_map_get_next_key(fd, nullptr, key.data());
  for (size_t steps = 0; stepped == 0; ++steps) {
    if (steps > layout.MostSteps()) return EAGAIN;
    // The successor first: from a deleted key the kernel would start again at the first one.
    stepped = bpf_map_get_next_key(fd, key.data(), next.data());
    const int result = bpf_map_delete_elem(fd, key.data());
    if (result != 0 && ErrnoOf(result) != ENOENT) return ErrnoOf(result);
    key.swap(next);
  }
  return ErrnoOf(stepped) == ENOENT ? 0 : ErrnoOf(stepped);
}

}  // namespace

int EmptyMap(int fd, const MapLayout& layout) {
  if (layout.kind.is_array) return ZeroArray(fd, layout);
  const int error = TakeBatches(fd, layout);
  return IsUnsupported(error) ? TakeOneByOne(fd, layout) : error;
}

}  // namespace santabpf
