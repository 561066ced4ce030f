#include "link.h"

#include "addon_data.h"
#include "construction.h"
#include "object_state.h"

namespace santabpf {

Napi::Function Link::Define(Napi::Env env) {
  return DefineClass(env, "Link",
                     {
                         InstanceAccessor<&Link::Program>("program"),
                         InstanceAccessor<&Link::Attached>("attached"),
                         InstanceMethod<&Link::Detach>("detach"),
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

}  // namespace santabpf
