#pragma once

#include <napi.h>

#include <string>

namespace santabpf {

// An operation that libbpf or the kernel refused.
struct Failure {
  int error;              // positive errno
  std::string operation;  // e.g. "load object"
  std::string log;        // messages of libbpf and the verifier during the operation
};

// The JavaScript error of a failure: message, errno, code, operation, log.
Napi::Error ErrorOf(Napi::Env env, const Failure& failure);

// A TypeError or RangeError with a code, for arguments.
Napi::Error TypeErrorOf(Napi::Env env, const std::string& message);
Napi::Error RangeErrorOf(Napi::Env env, const std::string& message);

// libbpf returns -errno or, for pointers, sets errno. Returns the positive errno either way, never 0.
int ErrnoOf(long result);

// ENOTSUPP, an errno of the kernel that user space headers lack.
constexpr int kKernelNotSupported = 524;

// Whether an error means that the kernel lacks this operation for this type of map.
bool IsUnsupported(int error);

}  // namespace santabpf
