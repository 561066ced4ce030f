#pragma once

#include <napi.h>

#include <memory>

#include "event_thread.h"

namespace santabpf {

// The JavaScript handle of a thread that reads a ring buffer.
class EventBuffer : public Napi::ObjectWrap<EventBuffer> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit EventBuffer(const Napi::CallbackInfo& info);
  ~EventBuffer() override { End(); }

 private:
  // Calls that are on their way to the JavaScript thread share the thread with this handle.
  using Shared = std::shared_ptr<EventThread>;

  Napi::Value Closed(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  static void HandOver(Napi::Env env, Napi::Function on_records, void* context, Shared* thread);
  using Callback = Napi::TypedThreadSafeFunction<void, Shared, &EventBuffer::HandOver>;

  // Stops the thread and releases the callback; does nothing the second time.
  void End();
  static void EndWithEnvironment(void* self) { static_cast<EventBuffer*>(self)->End(); }

  const napi_env env_;
  Shared thread_;
  Callback callback_;
};

}  // namespace santabpf
