#pragma once

#include <pthread.h>

namespace santabpf {

// Starts a thread with a small stack that takes no signals: those are for the threads of Node.js. Returns 0 or an errno.
int StartThread(pthread_t& thread, int detach_state, void* (*run)(void*), void* argument);

}  // namespace santabpf
