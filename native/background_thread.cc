#include "background_thread.h"

#include <signal.h>

#include <cstddef>

namespace santabpf {
namespace {

// Reading takes a few KB of stack; the default of 8 MB would count against limits of address space.
constexpr size_t kStackBytes = 256 * 1024;

}  // namespace

int StartThread(pthread_t& thread, int detach_state, void* (*run)(void*), void* argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_attr_setdetachstate(&attributes, detach_state);
  // The thread inherits the mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(&thread, &attributes, run, argument);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace santabpf
