#include "gzip_writer.h"

#include <cerrno>

#include "arguments.h"
#include "failure.h"

namespace santabpf {
namespace {

// Fewer bytes are kept for the next call: each piece costs its receiver a system call.
constexpr size_t kLeastPiece = 32 * 1024;

}  // namespace

Napi::Function GzipWriter::Define(Napi::Env env) {
  return DefineClass(env, "GzipWriter",
                     {
                         InstanceMethod<&GzipWriter::Add>("add"),
                         InstanceMethod<&GzipWriter::End>("end"),
                     });
}

Napi::Value GzipWriter::Add(const Napi::CallbackInfo& info) {
  const ByteView chunk = Arguments(info).Bytes(0, "chunk");
  Stream(info.Env()).Add(chunk.data, chunk.size, compressed_);
  return compressed_.size() < kLeastPiece ? info.Env().Undefined() : Take(info.Env());
}

Napi::Value GzipWriter::End(const Napi::CallbackInfo& info) {
  Stream(info.Env()).End(compressed_);
  stream_.reset();
  const Napi::Value rest = Take(info.Env());
  compressed_.shrink_to_fit();
  return rest;
}

GzipStream& GzipWriter::Stream(Napi::Env env) {
  if (stream_ == nullptr) throw ErrorOf(env, {EBADF, "compress", "the stream has ended"});
  return *stream_;
}

Napi::Value GzipWriter::Take(Napi::Env env) {
  const Napi::Value piece = Napi::Buffer<uint8_t>::Copy(env, compressed_.data(), compressed_.size());
  compressed_.clear();
  return piece;
}

}  // namespace santabpf
