#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "descriptor.h"
#include "entry_reading.h"
#include "map_layout.h"
#include "row_index.h"
#include "snapshot.h"

namespace santabpf {

// A map of a loaded object, with its own descriptor and the state that successive snapshots share.
class MapState {
 public:
  MapState(std::string name, std::string section) : name_(std::move(name)), section_(std::move(section)) {}

  // Takes a copy of the descriptor and asks the kernel for the layout; 0 or an errno.
  int Open(int fd);
  // The same for the entries of all maps in a map of maps: `inner` is a layout for all of them.
  int OpenInner(int fd, const MapLayout& inner);
  // Takes effect at EndWork() when work is in progress.
  void Close();

  const std::string& name() const { return name_; }
  const std::string& section() const { return section_; }
  const MapLayout& layout() const { return layout_; }
  int fd() const { return fd_.get(); }
  bool closed() const { return close_wanted_; }
  bool working() const { return working_; }

  // Work on the map, one at a time: BeginWork() and EndWork() run on the JavaScript thread, the work on any.
  void BeginWork() { working_ = true; }
  void EndWork();
  // The environment ends before the work does. From then on the state may be destroyed on any thread.
  void ForgetViews();

  // Reads the map into snapshot(); 0 or an errno.
  int Read();
  // The result of the last Read.
  Snapshot& snapshot() { return snapshot_; }

 private:
  // Takes a copy of the descriptor and reads its layout; 0 or an errno.
  int Adopt(int fd);
  void AssignArrayRows();
  void AssignRows(const uint8_t* keys);

  const std::string name_;
  const std::string section_;
  Descriptor fd_;
  MapLayout layout_{};
  bool close_wanted_ = false;
  bool working_ = false;
  std::unique_ptr<EntryReading> reader_;
  std::optional<RowIndex> index_;
  Snapshot snapshot_;
};

}  // namespace santabpf
