#include "type_index.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "arguments.h"
#include "btf_record.h"
#include "descriptor.h"
#include "failure.h"
#include "whole_file.h"

namespace santabpf {
namespace {

struct TypeIndex {
  std::vector<uint32_t> starts;  // by id, in words of the file
  std::vector<uint32_t> names;   // by id, offsets in the strings
};

// False if a type is not whole or of an unknown kind: the caller of JavaScript finds out which.
bool Index(const std::vector<uint8_t>& data, TypeIndex& index) {
  btf_header header;
  if (data.size() < sizeof(header)) return false;
  std::memcpy(&header, data.data(), sizeof(header));
  const uint64_t begin = uint64_t{header.hdr_len} + header.type_off;
  const uint64_t end = begin + header.type_len;
  if (header.magic != BTF_MAGIC || begin % 4 != 0 || end % 4 != 0 || end > data.size()) return false;
  index.starts.reserve(header.type_len / 24);
  index.names.reserve(header.type_len / 24);
  index.starts.push_back(0);  // id 0 is void
  index.names.push_back(0);
  for (uint64_t at = begin; at < end;) {
    if (end - at < sizeof(btf_type)) return false;
    const auto& type = *reinterpret_cast<const btf_type*>(data.data() + at);
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
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (!file.valid() || fstat(file.get(), &status) != 0) throw ErrorOf(env, {ErrnoOf(-errno), "read types", ""});
  std::vector<uint8_t> data;
  errno = 0;
  if (!S_ISREG(status.st_mode) || !ReadAll(file.get(), static_cast<size_t>(status.st_size), data)) {
    throw ErrorOf(env, {errno == 0 ? EINVAL : errno, "read types", ""});
  }
  const Napi::Object result = Napi::Object::New(env);
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, data.size());
  std::memcpy(bytes.Data(), data.data(), data.size());
  result.Set("bytes", bytes);
  TypeIndex index;
  if (Index(data, index)) {
    result.Set("starts", NumbersOf(env, index.starts));
    result.Set("names", NumbersOf(env, index.names));
  }
  return result;
}

}  // namespace santabpf
