#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace santabpf {

// Growing memory that native code writes and JavaScript reads without a copy.
//
// It changes its size by moving to a new block. A block lives while the buffer uses it or JavaScript can reach an ArrayBuffer over
// it: a view in JavaScript may be out of date but never dangles.
class SharedBuffer {
 public:
  uint8_t* data() const { return block_.get(); }
  size_t capacity() const { return capacity_; }

  // Grows to at least `size` bytes and keeps the first `keep`. On any thread, one at a time.
  void Reserve(size_t size, size_t keep);
  // Grows to at least `size` bytes, or moves to a smaller block if it would use little of this one. Keeps nothing.
  void Fit(size_t size);
  // The ArrayBuffer over the current block; the same one until the buffer moves. On the JavaScript thread.
  Napi::ArrayBuffer View(Napi::Env env);
  // Lets go of the last view, which stays valid, while another thread may write. On the JavaScript thread.
  void ForgetView();
  // Releases the memory. On the JavaScript thread.
  void Reset();

 private:
  void Move(size_t size, size_t keep);

  std::shared_ptr<uint8_t> block_;
  size_t capacity_ = 0;
  Napi::Reference<Napi::ArrayBuffer> view_;
  const uint8_t* viewed_ = nullptr;
};

}  // namespace santabpf
