#pragma once

#include <memory>
#include <string>
#include <utility>

#include "map_emptying.h"
#include "map_work.h"

namespace santabpf {

// Empties a map.
class EmptyWork : public MapWork {
 public:
  EmptyWork(const Napi::Object& handle, std::shared_ptr<MapState> map)
      : MapWork(handle, std::move(map), "santabpf.empty", "empty map") {}

 protected:
  int Run(std::string&) override { return EmptyMap(map().fd(), map().layout()); }
};

}  // namespace santabpf
