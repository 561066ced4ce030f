#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reading_work.h"

namespace santabpf {

// The readings of one JavaScript environment that are not settled yet. They keep its event loop alive. On the JavaScript
// thread, except for Deliver().
class Readings : public std::enable_shared_from_this<Readings> {
 public:
  static std::shared_ptr<Readings> Create(Napi::Env env);

  // Starts a job; 0 or an errno.
  int Add(std::unique_ptr<ReadingWork> work, ReadingThreads::Lane lane, ReadingWork::Job job);

 private:
  static void CallJs(Napi::Env env, Napi::Function, Readings* self, void*);
  using Wake = Napi::TypedThreadSafeFunction<Readings, void, &Readings::CallJs>;

  // On a reading thread: hands over the error of a job.
  void Deliver(ReadingWork* work, int error);
  void SettleDelivered(Napi::Env env);
  // Before the environment ends. Jobs that run on deliver nothing from then on.
  void Close();

  std::unordered_map<ReadingWork*, std::unique_ptr<ReadingWork>> pending_;
  std::mutex mutex_;
  // Guarded by mutex_.
  bool open_ = true;
  std::vector<std::pair<ReadingWork*, int>> delivered_;
  Wake wake_;
};

}  // namespace santabpf
