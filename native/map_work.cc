#include "map_work.h"

#include <utility>

namespace santabpf {

Napi::Promise MapWork::Start(std::unique_ptr<MapWork> work) {
  const std::shared_ptr<MapState> map = work->map_;
  const Napi::Promise promise = PromiseWork::Start(std::move(work));
  map->BeginWork();
  return promise;
}

MapWork::MapWork(const Napi::Object& handle, std::shared_ptr<MapState> map, const char* resource, std::string operation)
    : PromiseWork(handle.Env(), resource, std::move(operation)), handle_(Napi::Persistent(handle)), map_(std::move(map)) {}

int MapWork::Finish(int error) {
  map_->EndWork();
  return error;
}

}  // namespace santabpf
