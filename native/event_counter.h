#pragma once

#include <napi.h>

#include <memory>
#include <utility>
#include <vector>

#include "addon_data.h"
#include "event_counting.h"

namespace santabpf {

// The counting of a buffer, for JavaScript. Closed at the latest with the environment.
class EventCounterState : public Closable {
 public:
  EventCounterState(std::shared_ptr<Registry> registry, const std::vector<StreamPlan>& plans)
      : Closable(std::move(registry)), counting_(plans), reading_(plans.size()) {}

  void Close() override;
  bool closed() const { return closed_; }
  EventCounting& counting() { return counting_; }

  // One read of each stream at a time. BeginRead() and EndRead() run on the JavaScript thread.
  bool IsReading(size_t stream) const { return reading_[stream]; }
  void BeginRead(size_t stream) { reading_[stream] = true; }
  void EndRead(size_t stream) { reading_[stream] = false; }
  // The environment ends before a read does. From then on the state may be destroyed on any thread.
  void ForgetViews();

 private:
  EventCounting counting_;
  bool closed_ = false;
  std::vector<bool> reading_;
};

// The JavaScript handle of a buffer whose records are counted.
class EventCounter : public Napi::ObjectWrap<EventCounter> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit EventCounter(const Napi::CallbackInfo& info);

 private:
  Napi::Value Closed(const Napi::CallbackInfo& info);
  Napi::Value Snapshot(const Napi::CallbackInfo& info);
  Napi::Value Take(const Napi::CallbackInfo& info);
  Napi::Value Other(const Napi::CallbackInfo& info);
  Napi::Value Counts(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // The stream that the first argument names. Throws if there is none, or the counter is closed.
  size_t StreamOf(const Napi::CallbackInfo& info, const char* operation) const;

  std::shared_ptr<EventCounterState> state_;
};

}  // namespace santabpf
