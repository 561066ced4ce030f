#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace santabpf {

// Growing memory that native code writes and JavaScript looks into without a copy.
//
// When it has to grow it moves to a new block. A block lives for as long as the buffer uses it or JavaScript can reach
// an ArrayBuffer over it, so that what JavaScript holds may go out of date but never dangles.
class SharedBuffer {
 public:
  uint8_t* data() const { return block_.get(); }
  size_t capacity() const { return capacity_; }

  // Makes room for so many bytes and keeps the first `keep` ones. On any thread, but on one at a time.
  void Reserve(size_t size, size_t keep);
  // The ArrayBuffer over the present block; the same one until it moves. On the JavaScript thread.
  Napi::ArrayBuffer View(Napi::Env env);
  // Lets go of the memory. On the JavaScript thread.
  void Reset();

 private:
  void Move(size_t size, size_t keep);

  std::shared_ptr<uint8_t> block_;
  size_t capacity_ = 0;
  Napi::Reference<Napi::ArrayBuffer> view_;
  const uint8_t* viewed_ = nullptr;
};

}  // namespace santabpf
