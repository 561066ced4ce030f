#include "event_thread.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "background_thread.h"
#include "failure.h"

namespace santabpf {
namespace {

// One batch keeps the JavaScript thread busy for a few milliseconds.
constexpr size_t kBatchBytes = 128 * 1024;

// Between two batches: whoever causes events may not keep the JavaScript thread busy.
constexpr int kPauseMilliseconds = 50;

constexpr size_t kHeaderBytes = 8;

// ring_buffer__consume() ends with it when a batch is full.
constexpr int kFull = -EXFULL;

}  // namespace

int EventThread::Start(Descriptor map, std::function<void()> ready) {
  map_ = std::move(map);
  ready_ = std::move(ready);
  wake_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.valid()) return errno;
  errno = 0;
  buffer_.reset(ring_buffer__new(map_.get(), &EventThread::Add, this, nullptr));
  if (!buffer_) return ErrnoOf(0);
  return StartThread();
}

int EventThread::StartThread() {
  const int error = santabpf::StartThread(thread_, PTHREAD_CREATE_JOINABLE, &EventThread::Run, this);
  started_ = error == 0;
  return error;
}

void EventThread::Stop() {
  if (!started_) return;
  started_ = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  taken_.notify_one();
  eventfd_write(wake_.get(), 1);
  pthread_join(thread_, nullptr);
  buffer_.reset();
  map_.Reset();
  wake_.Reset();
}

EventThread::Batch EventThread::Take() {
  Batch batch;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    batch = std::exchange(waiting_, {});
    has_batch_ = false;
  }
  taken_.notify_one();
  return batch;
}

void* EventThread::Run(void* self) {
  pthread_setname_np(pthread_self(), "santabpf-events");
  static_cast<EventThread*>(self)->ReadUntilStopped();
  return nullptr;
}

int EventThread::Add(void* self, void* record, size_t size) {
  Batch& batch = static_cast<EventThread*>(self)->reading_;
  const size_t start = batch.size();
  // Also zeroes the padding.
  batch.resize(start + kHeaderBytes + (size + 7) / 8 * 8);
  const auto length = static_cast<uint32_t>(size);
  std::memcpy(batch.data() + start, &length, sizeof(length));
  std::memcpy(batch.data() + start + kHeaderBytes, record, size);
  return batch.size() < kBatchBytes ? 0 : kFull;
}

void EventThread::ReadUntilStopped() {
  while (!stopping()) {
    Wait(true, -1);
    ring_buffer__consume(buffer_.get());
    if (reading_.empty()) continue;
    if (!HandOver()) return;
    Wait(false, kPauseMilliseconds);
  }
}

void EventThread::Wait(bool for_records, int milliseconds) {
  pollfd files[] = {{wake_.get(), POLLIN, 0}, {ring_buffer__epoll_fd(buffer_.get()), POLLIN, 0}};
  poll(files, for_records ? 2 : 1, milliseconds);
}

bool EventThread::HandOver() {
  std::unique_lock<std::mutex> lock(mutex_);
  // Stop() has dropped what waits: nothing may wait after it.
  if (stopping_) return false;
  waiting_ = std::exchange(reading_, {});
  has_batch_ = true;
  lock.unlock();
  ready_();
  lock.lock();
  taken_.wait(lock, [this] { return !has_batch_ || stopping_; });
  return !stopping_;
}

bool EventThread::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

}  // namespace santabpf
