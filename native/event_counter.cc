#include "event_counter.h"

#include <fcntl.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "arguments.h"
#include "failure.h"
#include "map.h"
#include "reading_work.h"
#include "snapshot_work.h"

namespace santabpf {
namespace {

const char* const kOpen = "count events";
const char* const kRead = "read events";

// Reads the table of a stream. Resolves to a MapSnapshot.
class EventSnapshotWork : public ReadingWork {
 public:
  EventSnapshotWork(const Napi::Object& handle, std::shared_ptr<EventCounterState> state, size_t stream)
      : ReadingWork(handle.Env(), kRead), handle_(Napi::Persistent(handle)), state_(std::move(state)), stream_(stream) {}

  static Napi::Promise Start(const Napi::Object& handle, std::shared_ptr<EventCounterState> state, size_t stream) {
    auto work = std::make_unique<EventSnapshotWork>(handle, state, stream);
    const Napi::Promise promise =
        ReadingWork::Start(std::move(work), ReadingThreads::Lane::kMaps, [state, stream] { return state->counting().Read(stream); });
    state->BeginRead(stream);
    return promise;
  }

 protected:
  Napi::Value Result() override {
    EventCounting& counting = state_->counting();
    return SnapshotObject(Environment(), counting.snapshot(stream_), counting.plan(stream_).numbers * sizeof(uint64_t));
  }
  int Finish(int error) override {
    state_->EndRead(stream_);
    return error;
  }

 private:
  void Abandon() override { state_->ForgetViews(); }

  const Napi::ObjectReference handle_;
  const std::shared_ptr<EventCounterState> state_;
  const size_t stream_;
};

std::vector<StreamPlan> PlansOf(const Napi::CallbackInfo& info) {
  if (!info[1].IsTypedArray() || info[1].As<Napi::TypedArray>().TypedArrayType() != napi_biguint64_array) {
    throw TypeErrorOf(info.Env(), "plan must be a BigUint64Array");
  }
  const auto words = info[1].As<Napi::BigUint64Array>();
  try {
    return ParsePlans(words.Data(), words.ElementLength());
  } catch (const std::invalid_argument& error) {
    throw RangeErrorOf(info.Env(), error.what());
  }
}

Napi::Uint8Array BytesOf(Napi::Env env, const std::vector<uint64_t>& numbers) {
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, numbers.size() * sizeof(uint64_t));
  std::memcpy(bytes.Data(), numbers.data(), bytes.ByteLength());
  return bytes;
}

}  // namespace

void EventCounterState::Close() {
  closed_ = true;
  counting_.Stop();
}

void EventCounterState::ForgetViews() {
  for (size_t stream = 0; stream < counting_.streams(); ++stream) {
    counting_.snapshot(stream).rows.ForgetView();
    counting_.snapshot(stream).values.ForgetView();
  }
}

Napi::Function EventCounter::Define(Napi::Env env) {
  return DefineClass(env, "EventCounter",
                     {
                         InstanceAccessor<&EventCounter::Closed>("closed"),
                         InstanceMethod<&EventCounter::Snapshot>("snapshot"),
                         InstanceMethod<&EventCounter::Take>("take"),
                         InstanceMethod<&EventCounter::Other>("other"),
                         InstanceMethod<&EventCounter::Counts>("counts"),
                         InstanceMethod<&EventCounter::Close>("close"),
                     });
}

EventCounter::EventCounter(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EventCounter>(info) {
  const Napi::Env env = info.Env();
  const std::vector<StreamPlan> plans = PlansOf(info);
  const uint32_t pages = Arguments(info).Uint32(2, "pages");
  const MapState& map = BpfMap::OfArgument(info, 0, kOpen);
  const uint32_t type = map.layout().type;
  if (type != BPF_MAP_TYPE_RINGBUF && type != BPF_MAP_TYPE_PERF_EVENT_ARRAY) {
    throw ErrorOf(env, {EINVAL, kOpen, "the map is neither a ring buffer nor a perf buffer"});
  }
  Descriptor copy(fcntl(map.fd(), F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) throw ErrorOf(env, {errno, kOpen, ""});
  state_ = std::make_shared<EventCounterState>(AddonData::Of(env).registry, plans);
  const int error = state_->counting().Start(std::move(copy), type, pages);
  if (error != 0) throw ErrorOf(env, {error, kOpen, ""});
}

size_t EventCounter::StreamOf(const Napi::CallbackInfo& info, const char* operation) const {
  const size_t stream = Arguments(info).Uint32(0, "stream");
  if (stream >= state_->counting().streams()) throw RangeErrorOf(info.Env(), "there is no such stream");
  if (state_->closed()) throw ErrorOf(info.Env(), {EBADF, operation, "the counter is closed"});
  return stream;
}

Napi::Value EventCounter::Closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), state_->closed()); }

Napi::Value EventCounter::Snapshot(const Napi::CallbackInfo& info) {
  const size_t stream = StreamOf(info, kRead);
  if (state_->IsReading(stream)) throw ErrorOf(info.Env(), {EBUSY, kRead, "the events are being read"});
  return EventSnapshotWork::Start(info.This().As<Napi::Object>(), state_, stream);
}

Napi::Value EventCounter::Take(const Napi::CallbackInfo& info) {
  const size_t stream = StreamOf(info, "remove events");
  const StreamPlan& plan = state_->counting().plan(stream);
  const ByteView key = Arguments(info).Bytes(1, "key", plan.key_size);
  std::vector<uint64_t> numbers(plan.numbers);
  if (!state_->counting().Take(stream, key.data, numbers.data())) return info.Env().Undefined();
  return BytesOf(info.Env(), numbers);
}

Napi::Value EventCounter::Other(const Napi::CallbackInfo& info) {
  const size_t stream = StreamOf(info, kRead);
  return BytesOf(info.Env(), state_->counting().Other(stream));
}

Napi::Value EventCounter::Counts(const Napi::CallbackInfo& info) {
  const EventCounting::Counts counts = state_->counting().counts();
  const Napi::Object result = Napi::Object::New(info.Env());
  result.Set("records", static_cast<double>(counts.records));
  result.Set("malformed", static_cast<double>(counts.malformed));
  result.Set("lost", static_cast<double>(counts.lost));
  result.Set("seconds", static_cast<double>(counts.nanoseconds) / 1e9);
  return result;
}

void EventCounter::Close(const Napi::CallbackInfo&) { state_->Close(); }

}  // namespace santabpf
