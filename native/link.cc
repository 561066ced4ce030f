#include "link.h"

#include <bpf/bpf.h>
#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "addon_data.h"
#include "arguments.h"
#include "construction.h"
#include "descriptor.h"
#include "failure.h"
#include "iteration_work.h"
#include "object_state.h"

namespace santabpf {

Napi::Function Link::Define(Napi::Env env) {
  return DefineClass(env, "Link",
                     {
                         InstanceAccessor<&Link::Program>("program"),
                         InstanceAccessor<&Link::Attached>("attached"),
                         InstanceMethod<&Link::Detach>("detach"),
                         InstanceMethod<&Link::EnsureCpu>("ensureCpu"),
                         InstanceMethod<&Link::Iterate>("iterate"),
                     });
}

Napi::Object Link::Create(Napi::Env env, std::shared_ptr<ObjectState> object, std::shared_ptr<LinkState> link) {
  const Napi::Object handle = Construct(env, AddonData::Of(env).link_class);
  Link* const self = Unwrap(handle);
  self->object_ = std::move(object);
  self->link_ = std::move(link);
  return handle;
}

Link::Link(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Link>(info) { RequireConstruct(info, "Link"); }

Napi::Value Link::Program(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), link_->program()); }

Napi::Value Link::Attached(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), link_->attached()); }

void Link::Detach(const Napi::CallbackInfo&) { link_->Detach(); }

Napi::Value Link::EnsureCpu(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const uint32_t cpu = Arguments(info).Uint32(0, "cpu");
  if (!link_->attached()) throw ErrorOf(env, {EBADF, "sample CPU", "the link is detached"});
  if (link_->sampling() == nullptr) throw ErrorOf(env, {EINVAL, "sample CPU", "the program does not sample a perf event"});
  if (cpu > INT32_MAX) throw ErrorOf(env, {EINVAL, "sample CPU", ""});
  bool opened = false;
  const int error = link_->sampling()->Ensure(static_cast<int>(cpu), opened);
  if (error != 0) throw ErrorOf(env, {error, "sample CPU", ""});
  return Napi::Boolean::New(env, opened);
}

Napi::Value Link::Iterate(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!link_->attached()) throw ErrorOf(env, {EBADF, "run iterator", "the link is detached"});
  errno = 0;
  if (link_->runnable().valid()) {
    Descriptor program(fcntl(link_->runnable().get(), F_DUPFD_CLOEXEC, 0));
    if (!program.valid()) throw ErrorOf(env, {errno, "run program", ""});
    return IterationWork::Start(env, std::make_shared<ProgramRun>(std::move(program)));
  }
  if (link_->link() == nullptr) throw ErrorOf(env, {EINVAL, "run iterator", "the program is not an iterator"});
  const int fd = bpf_iter_create(bpf_link__fd(link_->link()));
  if (fd < 0) throw ErrorOf(env, {ErrnoOf(fd), "run iterator", ""});
  return IterationWork::Start(env, std::make_shared<Iteration>(link_, Descriptor(fd)));
}

}  // namespace santabpf
