#pragma once

#include <bpf/libbpf.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "descriptor.h"

namespace santabpf {

// The records of a ring buffer, or of the buffers of each CPU (a perf buffer). One call at a time.
class EventSource {
 public:
  // Called by C: must not throw.
  struct Callbacks {
    std::function<void(const uint8_t* record, size_t size)> on_record;
    std::function<void(uint64_t records)> on_lost;
  };

  explicit EventSource(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

  // Takes the descriptor of a map of this type; 0 or an errno. `pages` is the size of a perf buffer on each CPU.
  int Open(Descriptor map, uint32_t type, uint32_t pages);
  // Readable when there may be records.
  int descriptor() const;
  // Reads some hundred records of a ring buffer, or those of one CPU. Returns whether there may be more.
  bool ReadSome();
  // Reads what was there at the call, and at most that of some others. No flood of records holds it up.
  void ReadAll();

 private:
  struct Deleter {
    void operator()(ring_buffer* buffer) const { ring_buffer__free(buffer); }
    void operator()(perf_buffer* buffer) const { perf_buffer__free(buffer); }
  };

  static int OnRingRecord(void* self, void* record, size_t size);
  static void OnPerfRecord(void* self, int cpu, void* record, uint32_t size);
  static void OnPerfLoss(void* self, int cpu, unsigned long long records);

  const Callbacks callbacks_;
  Descriptor map_;
  uint64_t bytes_ = 0;  // of the ring buffer
  std::unique_ptr<ring_buffer, Deleter> ring_;
  std::unique_ptr<perf_buffer, Deleter> perf_;
  size_t next_cpu_ = 0;
  int left_ = 0;        // records until ReadSome() returns
  uint64_t read_ = 0;  // bytes of the ring buffer so far
};

}  // namespace santabpf
