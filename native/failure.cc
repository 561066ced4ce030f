#include "failure.h"

#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace santabpf {
namespace {

std::string NameOf(int error) {
  if (error == kKernelNotSupported) return "ENOTSUPP";
  switch (error) {
    case LIBBPF_ERRNO__LIBELF: return "LIBBPF_LIBELF";
    case LIBBPF_ERRNO__FORMAT: return "LIBBPF_FORMAT";
    case LIBBPF_ERRNO__ENDIAN: return "LIBBPF_ENDIAN";
    case LIBBPF_ERRNO__INTERNAL: return "LIBBPF_INTERNAL";
    case LIBBPF_ERRNO__RELOC: return "LIBBPF_RELOC";
    case LIBBPF_ERRNO__PROG2BIG: return "LIBBPF_PROG2BIG";
    default: break;
  }
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 32)
  if (const char* name = strerrorname_np(error)) return name;
#endif
  return "E" + std::to_string(error);
}

std::string TextOf(int error) {
  if (error == kKernelNotSupported) return "The kernel does not support this operation";
  if (error >= __LIBBPF_ERRNO__START) {
    char text[128];
    libbpf_strerror(error, text, sizeof(text));
    return text;
  }
  return std::generic_category().message(error);
}

}  // namespace

Napi::Error ErrorOf(Napi::Env env, const Failure& failure) {
  const std::string code = NameOf(failure.error);
  Napi::Error error = Napi::Error::New(env, failure.operation + ": " + TextOf(failure.error) + " (" + code + ")");
  Napi::Object value = error.Value();
  value.Set("errno", Napi::Number::New(env, failure.error));
  value.Set("code", Napi::String::New(env, code));
  value.Set("operation", Napi::String::New(env, failure.operation));
  value.Set("log", Napi::String::New(env, failure.log));
  return error;
}

Napi::Error TypeErrorOf(Napi::Env env, const std::string& message) {
  Napi::Error error = Napi::TypeError::New(env, message);
  error.Value().Set("code", Napi::String::New(env, "ERR_INVALID_ARG_TYPE"));
  return error;
}

Napi::Error RangeErrorOf(Napi::Env env, const std::string& message) {
  Napi::Error error = Napi::RangeError::New(env, message);
  error.Value().Set("code", Napi::String::New(env, "ERR_OUT_OF_RANGE"));
  return error;
}

int ErrnoOf(long result) {
  if (result < 0) return static_cast<int>(-result);
  return errno != 0 ? errno : EINVAL;
}

bool IsUnsupported(int error) {
  return error == EOPNOTSUPP || error == kKernelNotSupported || error == EINVAL || error == ENOSYS;
}

}  // namespace santabpf
