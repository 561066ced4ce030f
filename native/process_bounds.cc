#include "process_bounds.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/time.h>

#include <cerrno>

namespace santabpf {

int BoundProcess(uint32_t cpu_seconds) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) return errno;
  const itimerval timer = {{0, 0}, {static_cast<time_t>(cpu_seconds), 0}};
  return setitimer(ITIMER_PROF, &timer, nullptr) == 0 ? 0 : errno;
}

}  // namespace santabpf
