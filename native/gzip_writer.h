#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "gzip_stream.h"

namespace santabpf {

// A GzipStream in JavaScript. It works on the calling thread.
class GzipWriter : public Napi::ObjectWrap<GzipWriter> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit GzipWriter(const Napi::CallbackInfo& info) : Napi::ObjectWrap<GzipWriter>(info) {}

 private:
  Napi::Value Add(const Napi::CallbackInfo& info);
  Napi::Value End(const Napi::CallbackInfo& info);
  // Throws after the end.
  GzipStream& Stream(Napi::Env env);
  Napi::Value Take(Napi::Env env);

  std::unique_ptr<GzipStream> stream_ = std::make_unique<GzipStream>();
  // What JavaScript has not taken.
  std::vector<uint8_t> compressed_;
};

}  // namespace santabpf
