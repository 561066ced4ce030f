#pragma once

#include <bpf/libbpf.h>
#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "descriptor.h"

namespace santabpf {

// Reads a ring buffer on a thread of its own and hands over its records in batches, one at a time. While a batch waits to be taken, the
// ring buffer fills: what does not fit then, the program that writes it has to count.
class EventThread {
 public:
  // A batch: for each record its size (uint32_t), four zero bytes, and the record, padded to 8 bytes.
  using Batch = std::vector<uint8_t>;

  EventThread() = default;
  ~EventThread() { Stop(); }
  EventThread(const EventThread&) = delete;
  EventThread& operator=(const EventThread&) = delete;

  // Starts reading; 0 or an errno. `ready` is called on the thread when a batch can be taken.
  int Start(Descriptor map, std::function<void()> ready);
  // The batch that is ready. The thread goes on once it is taken. On any thread.
  Batch Take();
  // Ends the thread and waits for that; does nothing the second time. Not on the thread itself.
  void Stop();

 private:
  struct Deleter {
    void operator()(ring_buffer* buffer) const { ring_buffer__free(buffer); }
  };

  int StartThread();
  static void* Run(void* self);
  static int Add(void* self, void* record, size_t size);
  void ReadUntilStopped();
  // Waits for records, or for the end of a pause.
  void Wait(bool for_records, int milliseconds);
  bool HandOver();
  bool stopping();

  Descriptor map_;
  Descriptor wake_;
  std::unique_ptr<ring_buffer, Deleter> buffer_;
  std::function<void()> ready_;
  pthread_t thread_{};
  bool started_ = false;
  Batch reading_;  // used by the thread only

  std::mutex mutex_;
  std::condition_variable taken_;
  Batch waiting_;  // guarded by mutex_, as all below
  bool has_batch_ = false;
  bool stopping_ = false;
};

}  // namespace santabpf
