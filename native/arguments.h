#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace santabpf {

// A view of bytes that JavaScript owns. Valid until JavaScript runs again.
struct ByteView {
  const uint8_t* data;
  size_t size;
};

// Reads and checks the arguments of one call. It converts nothing, so no JavaScript runs meanwhile. A wrong argument throws
// a TypeError or RangeError with its name.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  // A string without NUL characters.
  std::string Text(size_t index, const char* name) const;
  bool Bool(size_t index, const char* name) const;
  uint32_t Uint32(size_t index, const char* name) const;
  ByteView Bytes(size_t index, const char* name) const;
  // Exactly `size` bytes.
  ByteView Bytes(size_t index, const char* name, size_t size) const;
  bool IsText(size_t index) const { return info_[index].IsString(); }

 private:
  const Napi::CallbackInfo& info_;
};

// Reads and checks an optional options object. Its getters may run JavaScript: read it before any state.
class Options {
 public:
  Options(const Napi::CallbackInfo& info, size_t index);

  std::optional<std::string> Text(const char* name) const;
  std::optional<double> Integer(const char* name, double minimum, double maximum) const;
  // At least one text.
  std::vector<std::string> Texts(const char* name) const;
  // At least one number.
  std::vector<uint64_t> Integers(const char* name, double minimum, double maximum) const;

 private:
  std::optional<Napi::Value> Get(const char* name) const;
  Napi::Array List(const char* name, const char* what) const;

  Napi::Env env_;
  std::optional<Napi::Object> object_;
};

}  // namespace santabpf
