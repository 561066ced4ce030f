#pragma once

#include <memory>
#include <string>

#include "map_state.h"
#include "promise_work.h"

namespace santabpf {

// Work on a map. One at a time per map; a map that is closed meanwhile stays usable until the work ends.
class MapWork : public PromiseWork {
 public:
  static Napi::Promise Start(std::unique_ptr<MapWork> work);

 protected:
  // Keeps `handle` alive.
  MapWork(const Napi::Object& handle, std::shared_ptr<MapState> map, const char* resource, std::string operation);

  int Finish(int error) override;
  MapState& map() { return *map_; }

 private:
  const Napi::ObjectReference handle_;
  const std::shared_ptr<MapState> map_;
};

}  // namespace santabpf
