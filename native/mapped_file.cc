#include "mapped_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "arguments.h"
#include "descriptor.h"
#include "failure.h"
#include "mapping.h"

// Part of Node.js 20 and of Node-API 10, but not of the earlier version that the addon otherwise keeps to.
extern "C" napi_status node_api_create_external_string_latin1(napi_env env, char* text, size_t length, napi_finalize finalize, void* hint,
                                                              napi_value* result, bool* copied);

namespace santabpf {
namespace {

int Map(const std::string& path, Mapping& mapping) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (!file.valid() || fstat(file.get(), &status) != 0) return errno;
  if (!S_ISREG(status.st_mode) || status.st_size == 0) return EINVAL;
  return mapping.Map(file.get(), static_cast<size_t>(status.st_size), MAP_PRIVATE, PROT_READ | PROT_WRITE) ? 0 : errno;
}

// The file that the first argument names.
std::unique_ptr<Mapping> MapArgument(const Napi::CallbackInfo& info) {
  auto mapping = std::make_unique<Mapping>();
  const int error = Map(Arguments(info).Text(0, "path"), *mapping);
  if (error != 0) throw ErrorOf(info.Env(), {error, "map file", ""});
  return mapping;
}

void Unmap(napi_env, void*, void* mapping) { delete static_cast<Mapping*>(mapping); }

}  // namespace

Napi::Value MappedText(const Napi::CallbackInfo& info) {
  std::unique_ptr<Mapping> mapping = MapArgument(info);
  napi_value text = nullptr;
  bool copied = false;
  // It frees what it copied.
  const napi_status status = node_api_create_external_string_latin1(info.Env(), static_cast<char*>(mapping->data()), mapping->size(), Unmap,
                                                                    mapping.get(), &text, &copied);
  if (status != napi_ok) throw ErrorOf(info.Env(), {ENOMEM, "map file", ""});
  mapping.release();
  return {info.Env(), text};
}

Napi::Value MappedBytes(const Napi::CallbackInfo& info) {
  std::unique_ptr<Mapping> mapping = MapArgument(info);
  const size_t size = mapping->size();
  const Napi::ArrayBuffer bytes = Napi::ArrayBuffer::New(
      info.Env(), mapping->data(), size, [](Napi::Env env, void* data, Mapping* owner) { Unmap(env, data, owner); }, mapping.get());
  mapping.release();
  return Napi::Uint8Array::New(info.Env(), size, bytes, 0);
}

}  // namespace santabpf
