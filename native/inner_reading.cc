#include "inner_reading.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "descriptor.h"
#include "failure.h"
#include "map_reading.h"

namespace santabpf {

int InnerReading::Read(std::vector<uint8_t>& keys, SharedBuffer& values) {
  values.Fit(count_ * inner_.value_stride);
  count_ = 0;
  const int found = FindMaps();
  if (found != 0) return found;
  for (size_t i = 0; i < ids_.size(); ++i) {
    const int error = ReadMap(outer_keys_.data() + i * outer_.key_size, ids_[i], keys, values);
    if (error != 0) return error;
  }
  return 0;
}

int InnerReading::FindMaps() {
  outer_keys_.clear();
  ids_.clear();
  if (outer_.type == BPF_MAP_TYPE_ARRAY_OF_MAPS) {
    for (uint32_t index = 0; index < outer_.max_entries; ++index) {
      const int error = Add(reinterpret_cast<const uint8_t*>(&index));
      if (error != 0) return error;
    }
    return 0;
  }
  std::vector<uint8_t> key(outer_.key_size);
  std::vector<uint8_t> next(outer_.key_size);
  for (size_t steps = 0;; ++steps) {
    const int stepped = bpf_map_get_next_key(outer_fd_, steps == 0 ? nullptr : key.data(), next.data());
    if (stepped != 0) return ErrnoOf(stepped) == ENOENT ? 0 : ErrnoOf(stepped);
    if (steps > outer_.MostSteps()) return EAGAIN;
    key.swap(next);
    const int error = Add(key.data());
    if (error != 0) return error;
  }
}

int InnerReading::Add(const uint8_t* outer_key) {
  uint32_t id = 0;
  const int result = bpf_map_lookup_elem(outer_fd_, outer_key, &id);
  if (result != 0) return ErrnoOf(result) == ENOENT ? 0 : ErrnoOf(result);
  if (ids_.size() == kMostMaps) return E2BIG;
  outer_keys_.insert(outer_keys_.end(), outer_key, outer_key + outer_.key_size);
  ids_.push_back(id);
  return 0;
}

int InnerReading::ReadMap(const uint8_t* outer_key, uint32_t id, std::vector<uint8_t>& keys, SharedBuffer& values) {
  const int result = bpf_map_get_fd_by_id(id);
  // Taken out of the outer map since, and nobody else has it.
  if (result < 0 && ErrnoOf(result) == ENOENT) return 0;
  if (result < 0) return ErrnoOf(result);
  const Descriptor fd(result);
  MapLayout layout{};
  const int unknown = ReadLayout(fd.get(), layout);
  if (unknown != 0) return unknown;
  if (layout.type != inner_.type || layout.key_size != inner_.key_size || layout.value_size != inner_.value_size) return EINVAL;
  if (layout.kind.is_array && layout.max_entries > kMostEntries - count_) return E2BIG;
  MapReading reading(fd.get(), layout);
  const int error = reading.Read(map_keys_, map_values_);
  if (error != 0) return error;
  if (reading.count() > kMostEntries - count_) return E2BIG;
  Append(outer_key, id, reading.count(), keys, values);
  return 0;
}

void InnerReading::Append(const uint8_t* outer_key, uint32_t id, size_t entries, std::vector<uint8_t>& keys, SharedBuffer& values) {
  const size_t total = count_ + entries;
  const size_t key_size = key().Size();
  const size_t stride = inner_.value_stride;
  if (keys.size() < total * key_size) keys.resize(std::max(total, count_ * 2) * key_size);
  if (values.capacity() < total * stride) values.Reserve(std::max(total, count_ * 2) * stride, count_ * stride);
  if (entries > 0) std::memcpy(values.data() + count_ * stride, map_values_.data(), entries * stride);
  for (size_t i = 0; i < entries; ++i) {
    uint8_t* const to = keys.data() + (count_ + i) * key_size;
    const auto index = static_cast<uint32_t>(i);
    const uint8_t* const from =
        inner_.kind.is_array ? reinterpret_cast<const uint8_t*>(&index) : map_keys_.data() + i * inner_.key_size;
    std::memcpy(to, from, inner_.key_size);
    std::memcpy(to + key().OuterOffset(), outer_key, outer_.key_size);
    std::memcpy(to + key().IdOffset(), &id, sizeof(id));
  }
  count_ = total;
}

}  // namespace santabpf
