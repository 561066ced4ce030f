#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "descriptor.h"
#include "event_plan.h"
#include "event_source.h"
#include "event_table.h"

namespace santabpf {

// Adds up the records of a buffer on a thread of its own: no record reaches JavaScript, and memory does not grow with their number.
class EventCounting {
 public:
  // Throws std::bad_alloc.
  explicit EventCounting(const std::vector<StreamPlan>& plans);
  ~EventCounting() { Stop(); }
  EventCounting(const EventCounting&) = delete;
  EventCounting& operator=(const EventCounting&) = delete;

  // As EventSource::Open(); then starts the thread. 0 or an errno.
  int Start(Descriptor map, uint32_t type, uint32_t pages);
  // Ends the thread and the buffer; does nothing the second time. The tables stay.
  void Stop();

  size_t streams() const { return tables_.size(); }
  const StreamPlan& plan(size_t stream) const { return tables_[stream].plan(); }

  // Adds up what the buffer holds and reads the table of a stream into its snapshot. On any thread.
  int Read(size_t stream);
  Snapshot& snapshot(size_t stream) { return tables_[stream].snapshot(); }
  bool Take(size_t stream, const uint8_t* key, uint64_t* numbers);
  std::vector<uint64_t> Other(size_t stream);

  struct Counts {
    uint64_t records;
    uint64_t malformed;  // too short for a stream
    uint64_t lost;       // by a perf buffer
    uint64_t nanoseconds;  // CPU time of the thread
  };
  Counts counts();

 private:
  // Whoever locks in JavaScript's name comes before the thread, also when the thread never rests.
  class Turn;

  static void* Run(void* self);
  void ReadUntilStopped();
  void OnRecord(const uint8_t* record, size_t size);

  std::vector<EventTable> tables_;
  EventSource source_;
  Descriptor wake_;
  pthread_t thread_{};
  bool started_ = false;
  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> records_{0};
  std::atomic<uint64_t> malformed_{0};
  std::atomic<uint64_t> lost_{0};
  std::atomic<uint64_t> nanoseconds_{0};
  std::mutex next_;
  std::mutex mutex_;  // guards the source and the tables
};

}  // namespace santabpf
