#include "reading_threads.h"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "background_thread.h"

namespace santabpf {
namespace {

class Pool {
 public:
  explicit Pool(int most_threads) : most_threads_(most_threads) {}

  int Run(std::function<void()> work) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (waiting_ <= static_cast<int>(queue_.size()) && threads_ < most_threads_) {
        const int error = StartThread();
        if (error != 0 && threads_ == 0) return error;
      }
      queue_.push_back(std::move(work));
    }
    added_.notify_one();
    return 0;
  }

 private:
  int StartThread() {
    pthread_t thread;
    const int error = santabpf::StartThread(thread, PTHREAD_CREATE_DETACHED, &Pool::Work, this);
    if (error == 0) ++threads_;
    return error;
  }

  static void* Work(void* self) {
    pthread_setname_np(pthread_self(), "santabpf-read");
    static_cast<Pool*>(self)->WorkForever();
    return nullptr;
  }

  [[noreturn]] void WorkForever() {
    for (;;) Next()();
  }

  std::function<void()> Next() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    added_.wait(lock, [this] { return !queue_.empty(); });
    --waiting_;
    std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    return work;
  }

  const int most_threads_;
  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> queue_;
  int threads_ = 0;
  int waiting_ = 0;
};

}  // namespace

int ReadingThreads::Run(Lane lane, std::function<void()> work) {
  // Never destroyed: threads use them until the process is gone.
  static Pool* const iterators = new Pool(4);
  static Pool* const maps = new Pool(2);
  return (lane == Lane::kIterators ? iterators : maps)->Run(std::move(work));
}

}  // namespace santabpf
