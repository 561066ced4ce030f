#pragma once

#include <cstdint>
#include <ctime>

namespace santabpf {

// CPU time of the calling thread so far.
inline uint64_t ThreadNanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace santabpf
