#pragma once

#include <bpf/libbpf.h>
#include <napi.h>

#include <atomic>
#include <memory>
#include <string>

#include "attachment.h"
#include "descriptor.h"
#include "perf_sampling.h"

namespace santabpf {

class ObjectState;

// One attachment of one program: a bpf_link, or one per CPU for a perf event, or what libbpf has no link for. A program that user space
// runs has no hook: only its own descriptor.
class LinkState {
 public:
  LinkState(std::string program, LinkPointer link) : program_(std::move(program)), link_(std::move(link)) {}
  LinkState(std::string program, std::unique_ptr<PerfSampling> sampling)
      : program_(std::move(program)), sampling_(std::move(sampling)) {}
  LinkState(std::string program, std::unique_ptr<Attachment> attachment)
      : program_(std::move(program)), attachment_(std::move(attachment)) {}
  LinkState(std::string program, Descriptor runnable) : program_(std::move(program)), runnable_(std::move(runnable)) {}

  const std::string& program() const { return program_; }
  // On any thread; everything else on the JavaScript thread.
  bool attached() const { return attached_; }
  void Detach() {
    attached_ = false;
    link_.reset();
    sampling_.reset();
    attachment_.reset();
    runnable_.Reset();
  }
  // Each is null or invalid for other kinds of attachments, and when detached.
  const bpf_link* link() const { return link_.get(); }
  PerfSampling* sampling() const { return sampling_.get(); }
  const Descriptor& runnable() const { return runnable_; }

 private:
  const std::string program_;
  LinkPointer link_;
  std::unique_ptr<PerfSampling> sampling_;
  std::unique_ptr<Attachment> attachment_;
  Descriptor runnable_;
  std::atomic<bool> attached_{true};
};

// The JavaScript handle of a link. The object owns the link; the handle keeps the object alive.
class Link : public Napi::ObjectWrap<Link> {
 public:
  static Napi::Function Define(Napi::Env env);
  static Napi::Object Create(Napi::Env env, std::shared_ptr<ObjectState> object, std::shared_ptr<LinkState> link);

  explicit Link(const Napi::CallbackInfo& info);

 private:
  Napi::Value Program(const Napi::CallbackInfo& info);
  Napi::Value Attached(const Napi::CallbackInfo& info);
  void Detach(const Napi::CallbackInfo& info);
  Napi::Value EnsureCpu(const Napi::CallbackInfo& info);
  Napi::Value Iterate(const Napi::CallbackInfo& info);

  std::shared_ptr<ObjectState> object_;
  std::shared_ptr<LinkState> link_;
};

}  // namespace santabpf
