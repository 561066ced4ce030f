#pragma once

#include <cstdint>

namespace santabpf {

// Has the kernel end this process: with SIGKILL when the thread that started it ends, and with SIGPROF after `cpu_seconds`
// of its CPU time from now on. It leaves no core file. Returns 0 or a positive errno.
int BoundProcess(uint32_t cpu_seconds);

}  // namespace santabpf
