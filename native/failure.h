#pragma once

#include <napi.h>

#include <string>

namespace santabpf {

// An operation that libbpf or the kernel refused.
struct Failure {
  int error;              // positive errno
  std::string operation;  // what was being done, e.g. "load object"
  std::string log;        // what libbpf and the verifier said meanwhile
};

// The JavaScript error of a failure: message, errno, code, operation, log.
Napi::Error ErrorOf(Napi::Env env, const Failure& failure);

// A TypeError or RangeError with a code, for arguments.
Napi::Error TypeErrorOf(Napi::Env env, const std::string& message);
Napi::Error RangeErrorOf(Napi::Env env, const std::string& message);

// libbpf returns -errno or, for pointers, sets errno: either way the positive errno, never 0.
int ErrnoOf(long result);

// The kernel's own "not supported", which user space headers do not know.
constexpr int kKernelNotSupported = 524;

// Whether an error says that the kernel has no such operation for this type of map.
bool IsUnsupported(int error);

}  // namespace santabpf
