#include "map_work.h"

#include <utility>

namespace santabpf {

Napi::Promise MapWork::Start(std::unique_ptr<MapWork> work, int (*job)(MapState&)) {
  const std::shared_ptr<MapState> map = work->map_;
  const Napi::Promise promise = ReadingWork::Start(std::move(work), ReadingThreads::Lane::kMaps, [map, job] { return job(*map); });
  map->BeginWork();
  return promise;
}

MapWork::MapWork(const Napi::Object& handle, std::shared_ptr<MapState> map, std::string operation)
    : ReadingWork(handle.Env(), std::move(operation)), handle_(Napi::Persistent(handle)), map_(std::move(map)) {}

int MapWork::Finish(int error) {
  map_->EndWork();
  return error;
}

}  // namespace santabpf
