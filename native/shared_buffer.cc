#include "shared_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace santabpf {
namespace {

// Never empty: View() recognizes a block by its address.
constexpr size_t kLeastBytes = 64;

}  // namespace

void SharedBuffer::Reserve(size_t size, size_t keep) {
  if (size > capacity_) Move(std::max(size, kLeastBytes), keep);
}

void SharedBuffer::Fit(size_t size) {
  size = std::max(size, kLeastBytes);
  if (size > capacity_ || size < capacity_ / 4) Move(size, 0);
}

void SharedBuffer::Move(size_t size, size_t keep) {
  // Zeroed, because JavaScript can read all of it.
  const std::shared_ptr<uint8_t> fresh(static_cast<uint8_t*>(std::calloc(size, 1)), std::free);
  if (fresh == nullptr) throw std::bad_alloc();
  if (keep > 0) std::memcpy(fresh.get(), block_.get(), keep);
  block_ = fresh;
  capacity_ = size;
}

Napi::ArrayBuffer SharedBuffer::View(Napi::Env env) {
  // JavaScript transferred the view to another thread, which owns this block now.
  if (viewed_ == block_.get() && view_.Value().IsDetached()) Move(capacity_, capacity_);
  if (viewed_ != block_.get()) {
    const auto block = block_;
    const Napi::ArrayBuffer view =
        Napi::ArrayBuffer::New(env, block_.get(), capacity_, [block](Napi::Env, void*) { static_cast<void>(block); });
    view_ = Napi::Persistent(view);
    viewed_ = block_.get();
  }
  return view_.Value();
}

void SharedBuffer::ForgetView() {
  view_.Reset();
  viewed_ = nullptr;
}

void SharedBuffer::Reset() {
  ForgetView();
  block_.reset();
  capacity_ = 0;
}

}  // namespace santabpf
