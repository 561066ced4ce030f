#include "arguments.h"

#include <cmath>
#include <limits>

#include "failure.h"

namespace santabpf {
namespace {

std::string Describe(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_undefined: return "undefined";
    case napi_null: return "null";
    case napi_boolean: return "a boolean";
    case napi_number: return "the number " + std::to_string(value.As<Napi::Number>().DoubleValue());
    case napi_string: return "a string";
    case napi_symbol: return "a symbol";
    case napi_function: return "a function";
    case napi_bigint: return "a bigint";
    default: return "another object";
  }
}

Napi::Error Unexpected(Napi::Env env, const char* name, const char* expected, const Napi::Value& value) {
  return TypeErrorOf(env, std::string(name) + " must be " + expected + ", not " + Describe(value));
}

std::string TextOf(Napi::Env env, const char* name, const Napi::Value& value) {
  if (!value.IsString()) throw Unexpected(env, name, "a string", value);
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) {
    throw TypeErrorOf(env, std::string(name) + " must not contain NUL characters");
  }
  return text;
}

double IntegerOf(Napi::Env env, const char* name, const Napi::Value& value, double minimum, double maximum) {
  if (!value.IsNumber()) throw Unexpected(env, name, "a number", value);
  const double number = value.As<Napi::Number>().DoubleValue();
  if (std::trunc(number) != number || !(number >= minimum && number <= maximum)) {
    throw RangeErrorOf(env, std::string(name) + " must be a whole number from " + std::to_string(static_cast<int64_t>(minimum)) + " to " +
                                std::to_string(static_cast<int64_t>(maximum)) + ", not " + std::to_string(number));
  }
  return number;
}

}  // namespace

std::string Arguments::Text(size_t index, const char* name) const { return TextOf(info_.Env(), name, info_[index]); }

bool Arguments::Bool(size_t index, const char* name) const {
  if (!info_[index].IsBoolean()) throw Unexpected(info_.Env(), name, "a boolean", info_[index]);
  return info_[index].As<Napi::Boolean>().Value();
}

uint32_t Arguments::Uint32(size_t index, const char* name) const {
  return static_cast<uint32_t>(IntegerOf(info_.Env(), name, info_[index], 0, std::numeric_limits<uint32_t>::max()));
}

ByteView Arguments::Bytes(size_t index, const char* name) const {
  const Napi::Value value = info_[index];
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw Unexpected(info_.Env(), name, "a Uint8Array", value);
  }
  const Napi::Uint8Array array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.ByteLength()};
}

ByteView Arguments::Bytes(size_t index, const char* name, size_t size) const {
  const ByteView bytes = Bytes(index, name);
  if (bytes.size != size) {
    throw RangeErrorOf(info_.Env(), std::string(name) + " must have " + std::to_string(size) + " bytes, not " + std::to_string(bytes.size));
  }
  return bytes;
}

Options::Options(const Napi::CallbackInfo& info, size_t index) : env_(info.Env()) {
  const Napi::Value value = info[index];
  if (value.IsUndefined()) return;
  if (!value.IsObject()) throw Unexpected(env_, "options", "an object", value);
  object_ = value.As<Napi::Object>();
}

std::optional<Napi::Value> Options::Get(const char* name) const {
  if (!object_) return std::nullopt;
  const Napi::Value value = object_->Get(name);
  if (value.IsUndefined()) return std::nullopt;
  return value;
}

std::optional<std::string> Options::Text(const char* name) const {
  const auto value = Get(name);
  if (!value) return std::nullopt;
  return TextOf(env_, name, *value);
}

std::optional<double> Options::Integer(const char* name, double minimum, double maximum) const {
  const auto value = Get(name);
  if (!value) return std::nullopt;
  return IntegerOf(env_, name, *value, minimum, maximum);
}

// A list with at least one entry.
Napi::Array Options::List(const char* name, const char* what) const {
  const auto value = Get(name);
  if (!value || !value->IsArray()) throw Unexpected(env_, name, what, value ? *value : env_.Undefined());
  const Napi::Array list = value->As<Napi::Array>();
  if (list.Length() == 0) throw RangeErrorOf(env_, std::string(name) + " must not be empty");
  return list;
}

std::vector<std::string> Options::Texts(const char* name) const {
  const Napi::Array list = List(name, "a list of texts");
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < list.Length(); ++i) texts.push_back(TextOf(env_, name, list.Get(i)));
  return texts;
}

std::vector<uint64_t> Options::Integers(const char* name, double minimum, double maximum) const {
  const Napi::Array list = List(name, "a list of numbers");
  std::vector<uint64_t> numbers;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    numbers.push_back(static_cast<uint64_t>(IntegerOf(env_, name, list.Get(i), minimum, maximum)));
  }
  return numbers;
}

}  // namespace santabpf
