#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "entry_reading.h"
#include "map_layout.h"

namespace santabpf {

// Where the parts of a key lie: the key of the inner map, the key of the outer map, and the kernel's id of the inner map. The id
// tells an inner map from the one that takes its place: what the first one counted is not mistaken for what the second one counts.
struct InnerKey {
  uint32_t inner_size;
  uint32_t outer_size;

  uint32_t OuterOffset() const { return inner_size; }
  uint32_t IdOffset() const { return inner_size + outer_size; }
  uint32_t Size() const { return IdOffset() + static_cast<uint32_t>(sizeof(uint32_t)); }
};

// Reads the entries of all maps in a map of maps. E2BIG if they are too many.
class InnerReading : public EntryReading {
 public:
  static constexpr size_t kMostMaps = 1024;
  static constexpr size_t kMostEntries = 1 << 20;

  // `inner` has the type and the sizes of the maps in `outer`; each has its own id and number of entries.
  InnerReading(int outer_fd, const MapLayout& outer, const MapLayout& inner) : outer_fd_(outer_fd), outer_(outer), inner_(inner) {}

  int Read(std::vector<uint8_t>& keys, SharedBuffer& values) override;

  size_t count() const override { return count_; }

 private:
  // Collects the keys and the ids of the inner maps.
  int FindMaps();
  int Add(const uint8_t* outer_key);
  int ReadMap(const uint8_t* outer_key, uint32_t id, std::vector<uint8_t>& keys, SharedBuffer& values);
  void Append(const uint8_t* outer_key, uint32_t id, size_t entries, std::vector<uint8_t>& keys, SharedBuffer& values);

  InnerKey key() const { return {inner_.key_size, outer_.key_size}; }

  const int outer_fd_;
  const MapLayout outer_;
  const MapLayout inner_;
  std::vector<uint8_t> outer_keys_;
  std::vector<uint32_t> ids_;
  // Of one inner map.
  std::vector<uint8_t> map_keys_;
  SharedBuffer map_values_;
  size_t count_ = 0;
};

}  // namespace santabpf
