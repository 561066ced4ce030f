#include "event_buffer.h"

#include <bpf/libbpf.h>
#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>

#include "failure.h"
#include "log_capture.h"
#include "map.h"

namespace santabpf {

Napi::Function EventBuffer::Define(Napi::Env env) {
  return DefineClass(env, "EventBuffer",
                     {
                         InstanceAccessor<&EventBuffer::Closed>("closed"),
                         InstanceMethod<&EventBuffer::Close>("close"),
                     });
}

EventBuffer::EventBuffer(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EventBuffer>(info), env_(info.Env()) {
  const Napi::Env env = info.Env();
  const MapState& map = BpfMap::OfArgument(info, 0, "read events");
  if (!info[1].IsFunction()) throw TypeErrorOf(env, "Expected a function for onRecords");
  if (map.layout().type != BPF_MAP_TYPE_RINGBUF) throw ErrorOf(env, {EINVAL, "read events", "the map is no ring buffer"});
  Descriptor copy(fcntl(map.fd(), F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) throw ErrorOf(env, {errno, "read events", ""});

  callback_ = Callback::New(env, info[1].As<Napi::Function>(), "santabpf events", 0, 1);
  callback_.Unref(env);
  thread_ = std::make_shared<EventThread>();
  // Added after the hook of the callback and therefore called before it: no call is made once the callback is gone.
  napi_add_env_cleanup_hook(env_, &EventBuffer::EndWithEnvironment, this);
  const int error = thread_->Start(std::move(copy), [callback = callback_, thread = std::weak_ptr<EventThread>(thread_)] {
    auto shared = std::make_unique<Shared>(thread.lock());
    if (callback.NonBlockingCall(shared.get()) == napi_ok) shared.release();
  });
  if (error == 0) return;
  End();
  throw ErrorOf(env, {error, "read events", ""});
}

void EventBuffer::End() {
  if (!thread_) return;
  thread_->Stop();
  thread_.reset();
  callback_.Release();
  napi_remove_env_cleanup_hook(env_, &EventBuffer::EndWithEnvironment, this);
}

// Without an environment it only frees what it got.
void EventBuffer::HandOver(Napi::Env env, Napi::Function on_records, void*, Shared* thread) {
  const std::unique_ptr<Shared> owned(thread);
  const EventThread::Batch batch = (*thread)->Take();
  if (env == nullptr || batch.empty()) return;
  on_records.Call({Napi::Buffer<uint8_t>::Copy(env, batch.data(), batch.size())});
}

Napi::Value EventBuffer::Closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !thread_); }

void EventBuffer::Close(const Napi::CallbackInfo&) { End(); }

}  // namespace santabpf
