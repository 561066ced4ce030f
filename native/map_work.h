#pragma once

#include <memory>
#include <string>

#include "map_state.h"
#include "reading_work.h"

namespace santabpf {

// Work on a map. One at a time per map; a map that is closed meanwhile stays usable until the work ends.
class MapWork : public ReadingWork {
 public:
  // Keeps `handle` alive.
  MapWork(const Napi::Object& handle, std::shared_ptr<MapState> map, std::string operation);

  // Runs `job` on a reading thread; it returns 0 or an errno.
  static Napi::Promise Start(std::unique_ptr<MapWork> work, int (*job)(MapState&));

 protected:
  int Finish(int error) override;
  MapState& map() { return *map_; }

 private:
  void Abandon() override { map_->ForgetViews(); }

  const Napi::ObjectReference handle_;
  const std::shared_ptr<MapState> map_;
};

}  // namespace santabpf
