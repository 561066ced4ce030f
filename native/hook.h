#pragma once

#include <bpf/libbpf.h>

#include <functional>
#include <memory>
#include <string>

#include "arguments.h"
#include "attachment.h"
#include "perf_sampling.h"

namespace santabpf {

// What an attached program is held by: one of the two.
struct Held {
  LinkPointer link;
  std::unique_ptr<Attachment> attachment;
};

// Attaches a program. Returns 0 or an errno. It holds copies of all that it needs.
using Hook = std::function<int(bpf_program*, Held&)>;

// An option that a hook needs. Throws if it is missing.
std::string RequireText(Napi::Env env, const Options& options, const char* name);

// Reads a hook from the options of `attach`; see `AttachOptions` in src/kernel/addon.ts. Throws for wrong options, and for a
// hook with an unknown name.
Hook ReadHook(Napi::Env env, const std::string& name, const Options& options);

// Attaches a program of type sk_msg or sk_skb to a map of sockets, unless that has such a program. Returns 0 or an errno.
int AttachToSockets(const bpf_program* program, const bpf_map* map, Held& held);

// The hooks of some files. An empty function stands for a name that is not among them.
Hook ReadTracingHook(Napi::Env env, const std::string& name, const Options& options);
Hook ReadNetworkHook(Napi::Env env, const std::string& name, const Options& options);

}  // namespace santabpf
