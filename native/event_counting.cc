#include "event_counting.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <utility>

#include "background_thread.h"
#include "thread_clock.h"

namespace santabpf {
namespace {

// After the buffer was emptied: a flood wakes the thread a thousand times a second, not once a record. A buffer of 256 KiB holds what
// programs write meanwhile.
constexpr int kPauseMilliseconds = 1;

// Programs may write records without waking anybody.
constexpr int kLongestWait = 1000;

}  // namespace

// A mutex gives no turns: without `next_` a thread that unlocks and locks at once would keep all others out.
class EventCounting::Turn {
 public:
  explicit Turn(EventCounting& counting) {
    const std::lock_guard<std::mutex> next(counting.next_);
    lock_ = std::unique_lock<std::mutex>(counting.mutex_);
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

EventCounting::EventCounting(const std::vector<StreamPlan>& plans)
    : source_({[this](const uint8_t* record, size_t size) { OnRecord(record, size); }, [this](uint64_t records) { lost_ += records; }}) {
  tables_.reserve(plans.size());
  for (const StreamPlan& plan : plans) tables_.emplace_back(plan);
}

int EventCounting::Start(Descriptor map, uint32_t type, uint32_t pages) {
  wake_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.valid()) return errno;
  int error = source_.Open(std::move(map), type, pages);
  if (error != 0) return error;
  error = StartThread(thread_, PTHREAD_CREATE_JOINABLE, &EventCounting::Run, this);
  started_ = error == 0;
  return error;
}

void EventCounting::Stop() {
  if (!started_) return;
  started_ = false;
  stopping_ = true;
  eventfd_write(wake_.get(), 1);
  pthread_join(thread_, nullptr);
}

void* EventCounting::Run(void* self) {
  pthread_setname_np(pthread_self(), "santabpf-count");
  static_cast<EventCounting*>(self)->ReadUntilStopped();
  return nullptr;
}

void EventCounting::ReadUntilStopped() {
  pollfd files[] = {{wake_.get(), POLLIN, 0}, {source_.descriptor(), POLLIN, 0}};
  while (!stopping_) {
    poll(files, 2, kLongestWait);
    bool has_more = true;
    while (has_more && !stopping_) {
      const Turn turn(*this);
      has_more = source_.ReadSome();
    }
    nanoseconds_ = ThreadNanoseconds();
    poll(files, 1, kPauseMilliseconds);
  }
}

void EventCounting::OnRecord(const uint8_t* record, size_t size) {
  ++records_;
  bool is_complete = true;
  for (EventTable& table : tables_) is_complete &= table.Count(record, size);
  if (!is_complete) ++malformed_;
}

int EventCounting::Read(size_t stream) {
  const Turn turn(*this);
  if (!stopping_) source_.ReadAll();
  tables_[stream].Read();
  return 0;
}

bool EventCounting::Take(size_t stream, const uint8_t* key, uint64_t* numbers) {
  const Turn turn(*this);
  return tables_[stream].Take(key, numbers);
}

std::vector<uint64_t> EventCounting::Other(size_t stream) {
  const Turn turn(*this);
  return tables_[stream].other();
}

EventCounting::Counts EventCounting::counts() { return {records_, malformed_, lost_, nanoseconds_}; }

}  // namespace santabpf
