#pragma once

#include <linux/bpf.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "descriptor.h"
#include "map_reading.h"
#include "row_index.h"
#include "shared_buffer.h"

namespace santabpf {

// A map of a loaded object, with a descriptor of its own, and what successive snapshots of it share.
class MapState {
 public:
  MapState(std::string name, std::string section) : name_(std::move(name)), section_(std::move(section)) {}

  // Takes a copy of the descriptor and asks the kernel for the layout; 0 or an errno.
  int Open(int fd);
  // During a snapshot the descriptor is closed when that ends.
  void Close();

  const std::string& name() const { return name_; }
  const std::string& section() const { return section_; }
  const MapLayout& layout() const { return layout_; }
  int fd() const { return fd_.get(); }
  bool closed() const { return close_wanted_; }
  bool reading() const { return reading_; }

  // A snapshot, or the emptying of the map: Begin and End on the JavaScript thread, Read on any. Read returns 0 or an errno.
  void BeginRead() { reading_ = true; }
  int Read(const ReadOptions& options);
  void EndRead();

  // The result of the last Read.
  struct Snapshot {
    size_t count = 0;
    uint32_t row_limit = 0;
    SharedBuffer rows;    // uint32_t each
    SharedBuffer values;  // layout().value_stride each
    std::vector<uint32_t> added_rows;
    std::vector<uint8_t> added_keys;
    std::vector<uint32_t> gone_rows;
  };
  Snapshot& snapshot() { return snapshot_; }

 private:
  void AssignArrayRows();
  void AssignRows();

  const std::string name_;
  const std::string section_;
  Descriptor fd_;
  MapLayout layout_{};
  bool close_wanted_ = false;
  bool reading_ = false;
  std::optional<MapReading> reader_;
  std::optional<RowIndex> index_;
  Snapshot snapshot_;
};

}  // namespace santabpf
