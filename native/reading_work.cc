#include "reading_work.h"

#include <utility>

#include "addon_data.h"
#include "failure.h"
#include "readings.h"

namespace santabpf {

Napi::Promise ReadingWork::Start(std::unique_ptr<ReadingWork> work, ReadingThreads::Lane lane, Job job) {
  const Napi::Env env = work->Environment();
  const Napi::Promise promise = work->Promise();
  const std::string operation = work->operation();
  std::shared_ptr<Readings>& readings = AddonData::Of(env).readings;
  if (readings == nullptr) readings = Readings::Create(env);
  const int error = readings->Add(std::move(work), lane, std::move(job));
  if (error != 0) throw ErrorOf(env, {error, operation, "cannot start a thread"});
  return promise;
}

}  // namespace santabpf
