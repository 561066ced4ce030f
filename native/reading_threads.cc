#include "reading_threads.h"

#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

namespace santabpf {
namespace {

// Reading takes a few KB of stack; the default of 8 MB would count against limits of address space.
constexpr size_t kStackBytes = 256 * 1024;

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
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // The thread inherits the mask: signals are for the threads of Node.js.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const int error = pthread_create(&thread, &attributes, &Pool::Work, this);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
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
