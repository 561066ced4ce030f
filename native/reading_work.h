#pragma once

#include <functional>
#include <memory>
#include <string>

#include "promised_result.h"
#include "reading_threads.h"

namespace santabpf {

// A read of the kernel on a thread of ReadingThreads that settles a promise. The job on the thread uses nothing of JavaScript,
// so it may outlive the environment; then the promise is never settled.
class ReadingWork : public PromisedResult {
 public:
  // Returns 0 or an errno. May throw std::bad_alloc.
  using Job = std::function<int()>;

  // Throws a NativeError if there is no thread for the job.
  static Napi::Promise Start(std::unique_ptr<ReadingWork> work, ReadingThreads::Lane lane, Job job);

 protected:
  using PromisedResult::PromisedResult;

 private:
  friend class Readings;
  // The environment ends before the job does: lets go of all that the job shares with JavaScript.
  virtual void Abandon() {}
};

}  // namespace santabpf
