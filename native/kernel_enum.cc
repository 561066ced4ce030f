#include "kernel_enum.h"

#include <bpf/btf.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "failure.h"
#include "log_capture.h"

namespace santabpf {
namespace {

struct FreeBtf {
  void operator()(btf* types) const { btf__free(types); }
};

// Number.MAX_SAFE_INTEGER.
constexpr int64_t kMostSafe = (int64_t{1} << 53) - 1;

Napi::Value NumberOf(Napi::Env env, uint64_t bits, bool is_signed) {
  const auto value = static_cast<int64_t>(bits);
  if (is_signed) {
    if (value >= -kMostSafe && value <= kMostSafe) return Napi::Number::New(env, static_cast<double>(value));
    return Napi::BigInt::New(env, value);
  }
  if (bits <= static_cast<uint64_t>(kMostSafe)) return Napi::Number::New(env, static_cast<double>(bits));
  return Napi::BigInt::New(env, bits);
}

}  // namespace

KernelEnumWork::KernelEnumWork(Napi::Env env, std::string name, std::string btf_path)
    : PromiseWork(env, "santabpf.kernelEnum", "read the kernel's BTF"), name_(std::move(name)), btf_path_(std::move(btf_path)) {}

int KernelEnumWork::Run(std::string& log) {
  LogCapture capture(LIBBPF_WARN);
  LogCapture::Scope scope(capture);
  errno = 0;
  const std::unique_ptr<btf, FreeBtf> types(btf_path_.empty() ? btf__load_vmlinux_btf() : btf__parse(btf_path_.c_str(), nullptr));
  if (types == nullptr) {
    const int error = ErrnoOf(0);
    log = scope.Text();
    return error;
  }
  if (name_.empty()) return 0;  // anonymous enums have this name
  int id = btf__find_by_name_kind(types.get(), name_.c_str(), BTF_KIND_ENUM);
  if (id < 0) id = btf__find_by_name_kind(types.get(), name_.c_str(), BTF_KIND_ENUM64);
  if (id < 0) return 0;
  found_ = true;
  const btf_type* const type = btf__type_by_id(types.get(), static_cast<uint32_t>(id));
  const bool is_signed = btf_kflag(type);
  const auto add = [this, &types, is_signed](uint32_t name, uint64_t bits) {
    const char* const text = btf__name_by_offset(types.get(), name);
    enumerators_.push_back({text == nullptr ? "" : text, bits, is_signed});
  };
  for (uint16_t i = 0; i < btf_vlen(type); i++) {
    if (btf_is_enum(type)) {
      const auto* const value = btf_enum(type) + i;
      add(value->name_off, is_signed ? static_cast<uint64_t>(int64_t{value->val}) : static_cast<uint32_t>(value->val));
    } else {
      const auto* const value = btf_enum64(type) + i;
      add(value->name_off, btf_enum64_value(value));
    }
  }
  return 0;
}

Napi::Value KernelEnumWork::Result() {
  const Napi::Env env = Env();
  if (!found_) return env.Undefined();
  Napi::Array result = Napi::Array::New(env, enumerators_.size());
  for (size_t i = 0; i < enumerators_.size(); i++) {
    const Enumerator& enumerator = enumerators_[i];
    Napi::Array pair = Napi::Array::New(env, 2);
    pair.Set(0u, Napi::String::New(env, enumerator.name));
    pair.Set(1u, NumberOf(env, enumerator.bits, enumerator.is_signed));
    result.Set(static_cast<uint32_t>(i), pair);
  }
  return result;
}

}  // namespace santabpf
