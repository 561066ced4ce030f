#include "map_emptying.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "failure.h"

namespace santabpf {
namespace {

constexpr uint32_t kFirstBatch = 256;

// A walk that finds more than this runs in circles, since keys come as fast as they go.
size_t LimitOf(const MapLayout& layout) { return static_cast<size_t>(layout.max_entries) * 4 + 4096; }

int ZeroArray(int fd, const MapLayout& layout) {
  const std::vector<uint8_t> zeroes(layout.value_stride);
  for (uint32_t key = 0; key < layout.max_entries; ++key) {
    const int result = bpf_map_update_elem(fd, &key, zeroes.data(), BPF_ANY);
    if (result != 0) return ErrnoOf(result);
  }
  return 0;
}

// Returns an errno for which IsUnsupported() when this type of map has no such operation.
int TakeBatches(int fd, const MapLayout& layout) {
  uint32_t room = std::min(layout.max_entries, kFirstBatch);
  std::vector<uint8_t> keys(static_cast<size_t>(room) * layout.key_size);
  std::vector<uint8_t> values(static_cast<size_t>(room) * layout.value_stride);
  // The kernel's position: a bucket number.
  std::vector<uint8_t> position(std::max<size_t>(layout.key_size, 8));
  bool started = false;
  int retries = 0;
  for (size_t taken = 0; taken <= LimitOf(layout);) {
    uint32_t count = room;
    const int result =
        bpf_map_lookup_and_delete_batch(fd, started ? position.data() : nullptr, position.data(), keys.data(), values.data(), &count, nullptr);
    const int error = result == 0 ? 0 : ErrnoOf(result);
    if (error == ENOENT) return 0;
    if (error == ENOSPC) {
      // A bucket larger than the room. What the call took before it has moved the position on.
      room = room > UINT32_MAX / 2 ? UINT32_MAX : room * 2;
      keys.resize(static_cast<size_t>(room) * layout.key_size);
      values.resize(static_cast<size_t>(room) * layout.value_stride);
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
    if (steps > LimitOf(layout)) return EAGAIN;
    // Before the key goes, since the kernel would begin anew without it.
    stepped = bpf_map_get_next_key(fd, key.data(), next.data());
    const int result = bpf_map_delete_elem(fd, key.data());
    if (result != 0 && ErrnoOf(result) != ENOENT) return ErrnoOf(result);
    key.swap(next);
  }
  return ErrnoOf(stepped) == ENOENT ? 0 : ErrnoOf(stepped);
}

}  // namespace

bool IsEmptiable(const MapLayout& layout) {
  switch (layout.type) {
    case BPF_MAP_TYPE_HASH:
    case BPF_MAP_TYPE_PERCPU_HASH:
    case BPF_MAP_TYPE_LRU_HASH:
    case BPF_MAP_TYPE_LRU_PERCPU_HASH:
    case BPF_MAP_TYPE_LPM_TRIE:
    case BPF_MAP_TYPE_STACK_TRACE: return true;
    default: return IsArray(layout);
  }
}

int EmptyMap(int fd, const MapLayout& layout) {
  if (IsArray(layout)) return ZeroArray(fd, layout);
  if (layout.type != BPF_MAP_TYPE_LPM_TRIE && layout.type != BPF_MAP_TYPE_STACK_TRACE) {
    const int error = TakeBatches(fd, layout);
    if (error == 0 || !IsUnsupported(error)) return error;
  }
  return TakeOneByOne(fd, layout);
}

}  // namespace santabpf
