#include "type_index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "arguments.h"
#include "btf_record.h"
#include "descriptor.h"
#include "failure.h"
#include "kernel_types.h"
#include "mapping.h"
#include "whole_file.h"

namespace santabpf {
namespace {

// The bytes of a file, which JavaScript keeps.
struct Contents {
  const uint8_t* data = nullptr;
  size_t size = 0;
  Mapping mapping;
  std::vector<uint8_t> copy;

  // 0, or an errno.
  int Read(const std::string& path) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status;
    if (!file.valid() || fstat(file.get(), &status) != 0) return errno;
    if (!S_ISREG(status.st_mode) || status.st_size == 0) return EINVAL;
    size = static_cast<size_t>(status.st_size);
    // As in kernel_types.cc: only the kernel's own file is never cut while it is mapped.
    if (path == KernelTypes::kUsualFile && mapping.Map(file.get(), size, MAP_PRIVATE)) {
      data = static_cast<const uint8_t*>(mapping.data());
      return 0;
    }
    errno = 0;
    if (!ReadAll(file.get(), size, copy)) return errno == 0 ? EINVAL : errno;
    data = copy.data();
    return 0;
  }
};

struct TypeIndex {
  std::vector<uint32_t> starts;  // by id, in words of the file
  std::vector<uint32_t> names;   // by id, offsets in the strings
};

// False if a type is not whole or of an unknown kind: the caller of JavaScript finds out which.
bool Index(const Contents& contents, TypeIndex& index) {
  btf_header header;
  if (contents.size < sizeof(header)) return false;
  std::memcpy(&header, contents.data, sizeof(header));
  const uint64_t begin = uint64_t{header.hdr_len} + header.type_off;
  const uint64_t end = begin + header.type_len;
  if (header.magic != BTF_MAGIC || begin % 4 != 0 || end % 4 != 0 || end > contents.size) return false;
  index.starts.reserve(header.type_len / 24);
  index.names.reserve(header.type_len / 24);
  index.starts.push_back(0);  // id 0 is void
  index.names.push_back(0);
  for (uint64_t at = begin; at < end;) {
    if (end - at < sizeof(btf_type)) return false;
    const auto& type = *reinterpret_cast<const btf_type*>(contents.data + at);
    const size_t size = SizeOfType(type);
    if (size == 0 || size > end - at) return false;
    index.starts.push_back(static_cast<uint32_t>(at / 4));
    index.names.push_back(type.name_off);
    at += size;
  }
  return true;
}

Napi::Value NumbersOf(Napi::Env env, const std::vector<uint32_t>& numbers) {
  Napi::Uint32Array array = Napi::Uint32Array::New(env, numbers.size());
  std::memcpy(array.Data(), numbers.data(), numbers.size() * sizeof(uint32_t));
  return array;
}

}  // namespace

Napi::Value ReadTypes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string path = Arguments(info).Text(0, "path");
  auto contents = std::make_unique<Contents>();
  const int error = contents->Read(path);
  if (error != 0) throw ErrorOf(env, {error, "read types", ""});
  const Napi::Object result = Napi::Object::New(env);
  TypeIndex index;
  if (Index(*contents, index)) {
    result.Set("starts", NumbersOf(env, index.starts));
    result.Set("names", NumbersOf(env, index.names));
  }
  const size_t size = contents->size;
  auto* const data = const_cast<uint8_t*>(contents->data);
  const Napi::ArrayBuffer bytes =
      Napi::ArrayBuffer::New(env, data, size, [](Napi::Env, void*, Contents* owned) { delete owned; }, contents.get());
  contents.release();
  result.Set("bytes", Napi::Uint8Array::New(env, size, bytes, 0));
  return result;
}

}  // namespace santabpf
