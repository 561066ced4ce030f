#pragma once

#include <bpf/libbpf.h>
#include <napi.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace santabpf {

class ObjectState;

struct LinkDeleter {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using LinkPointer = std::unique_ptr<bpf_link, LinkDeleter>;

// One attachment of one program: a bpf_link, or one per CPU for a perf event.
class LinkState {
 public:
  LinkState(std::string program, std::vector<LinkPointer> links)
      : program_(std::move(program)), links_(std::move(links)), attached_(!links_.empty()) {}

  const std::string& program() const { return program_; }
  // On any thread; everything else on the JavaScript thread.
  bool attached() const { return attached_; }
  void Detach() {
    attached_ = false;
    links_.clear();
  }
  const std::vector<LinkPointer>& links() const { return links_; }

 private:
  const std::string program_;
  std::vector<LinkPointer> links_;
  std::atomic<bool> attached_;
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
  Napi::Value Iterate(const Napi::CallbackInfo& info);

  std::shared_ptr<ObjectState> object_;
  std::shared_ptr<LinkState> link_;
};

}  // namespace santabpf
