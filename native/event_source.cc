#include "event_source.h"

#include <linux/bpf.h>

#include <cerrno>
#include <utility>

#include "failure.h"
#include "map_layout.h"

namespace santabpf {
namespace {

// Whoever waits for the records to be read, or for what they were added up to, waits some 100 microseconds.
constexpr int kRecordsAtOnce = 512;

// ring_buffer__consume() ends with it when enough was read.
constexpr int kEnough = -EXFULL;

constexpr uint64_t kRingHeaderBytes = 8;

}  // namespace

int EventSource::Open(Descriptor map, uint32_t type, uint32_t pages) {
  map_ = std::move(map);
  errno = 0;
  if (type == BPF_MAP_TYPE_RINGBUF) {
    MapLayout layout{};
    const int error = ReadLayout(map_.get(), layout);
    if (error != 0) return error;
    bytes_ = layout.max_entries;
    ring_.reset(ring_buffer__new(map_.get(), &EventSource::OnRingRecord, this, nullptr));
  } else {
    perf_.reset(perf_buffer__new(map_.get(), pages, &EventSource::OnPerfRecord, &EventSource::OnPerfLoss, this, nullptr));
  }
  return ring_ || perf_ ? 0 : ErrnoOf(0);
}

int EventSource::descriptor() const { return ring_ ? ring_buffer__epoll_fd(ring_.get()) : perf_buffer__epoll_fd(perf_.get()); }

bool EventSource::ReadSome() {
  if (ring_) {
    left_ = kRecordsAtOnce;
    return ring_buffer__consume(ring_.get()) == kEnough;
  }
  const size_t cpus = perf_buffer__buffer_cnt(perf_.get());
  if (next_cpu_ < cpus) perf_buffer__consume_buffer(perf_.get(), next_cpu_++);
  if (next_cpu_ < cpus) return true;
  next_cpu_ = 0;
  return false;
}

void EventSource::ReadAll() {
  if (perf_) {
    // Reads of a CPU end where its records ended at their start.
    for (size_t cpu = 0; cpu < perf_buffer__buffer_cnt(perf_.get()); ++cpu) perf_buffer__consume_buffer(perf_.get(), cpu);
    return;
  }
  const uint64_t end = read_ + bytes_;
  while (ReadSome() && read_ < end) {
  }
}

int EventSource::OnRingRecord(void* self, void* record, size_t size) {
  auto& source = *static_cast<EventSource*>(self);
  source.callbacks_.on_record(static_cast<const uint8_t*>(record), size);
  source.read_ += RoundUp8(size) + kRingHeaderBytes;
  return --source.left_ > 0 ? 0 : kEnough;
}

void EventSource::OnPerfRecord(void* self, int, void* record, uint32_t size) {
  static_cast<EventSource*>(self)->callbacks_.on_record(static_cast<const uint8_t*>(record), size);
}

void EventSource::OnPerfLoss(void* self, int, unsigned long long records) { static_cast<EventSource*>(self)->callbacks_.on_lost(records); }

}  // namespace santabpf
