#include "readings.h"

#include <cerrno>
#include <new>

namespace santabpf {
namespace {

int ErrorOfJob(const ReadingWork::Job& job) {
  try {
    return job();
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
}

}  // namespace

std::shared_ptr<Readings> Readings::Create(Napi::Env env) {
  const auto self = std::make_shared<Readings>();
  self->wake_ = Wake::New(env, "santabpf.reading", 0, 1, self.get());
  self->wake_.Unref(env);
  // Hooks run in reverse: this one before the function ends.
  env.AddCleanupHook([self] { self->Close(); });
  return self;
}

int Readings::Add(std::unique_ptr<ReadingWork> work, ReadingThreads::Lane lane, ReadingWork::Job job) {
  ReadingWork* const key = work.get();
  const Napi::Env env = key->Environment();
  pending_.emplace(key, std::move(work));
  const int error = ReadingThreads::Run(lane, [self = shared_from_this(), key, job = std::move(job)]() mutable {
    const int job_error = ErrorOfJob(job);
    // What the job holds is released on the JavaScript thread.
    job = nullptr;
    self->Deliver(key, job_error);
  });
  if (error != 0) {
    pending_.erase(key);
  } else if (pending_.size() == 1) {
    wake_.Ref(env);
  }
  return error;
}

void Readings::Deliver(ReadingWork* work, int error) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!open_) return;
  delivered_.emplace_back(work, error);
  wake_.NonBlockingCall();
}

void Readings::CallJs(Napi::Env env, Napi::Function, Readings* self, void*) {
  if (static_cast<napi_env>(env) != nullptr) self->SettleDelivered(env);
}

void Readings::SettleDelivered(Napi::Env env) {
  std::vector<std::pair<ReadingWork*, int>> delivered;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    delivered.swap(delivered_);
  }
  for (const auto& [key, error] : delivered) {
    const auto found = pending_.find(key);
    const std::unique_ptr<ReadingWork> work = std::move(found->second);
    pending_.erase(found);
    work->Settle(error, "");
  }
  if (!delivered.empty() && pending_.empty()) wake_.Unref(env);
}

void Readings::Close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = false;
    wake_.Release();
  }
  for (const auto& [key, work] : pending_) work->Abandon();
  pending_.clear();
}

}  // namespace santabpf
