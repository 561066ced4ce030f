#pragma once

#include <functional>

namespace santabpf {

// Threads that read the kernel, so that reads leave the pool of libuv to compression, files and name resolution. They start
// when they are needed and live as long as the process. Nobody waits for them, because nothing can interrupt a read.
class ReadingThreads {
 public:
  // Each lane has its own threads: an iterator that takes seconds delays no map.
  enum class Lane { kIterators, kMaps };

  // Queues work, which must not throw. Returns 0, or an errno if the lane has no thread and none can be started. On any thread.
  static int Run(Lane lane, std::function<void()> work);
};

}  // namespace santabpf
