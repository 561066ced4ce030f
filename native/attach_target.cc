#include "attach_target.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>

#include "failure.h"

namespace santabpf {
namespace {

struct Section {
  const char* kind;  // what comes before the slash
  bpf_attach_type attach_type;
  bool sleepable;
};

constexpr Section kSections[] = {
    {"tp_btf", BPF_TRACE_RAW_TP, false},
    {"fentry", BPF_TRACE_FENTRY, false},
    {"fentry.s", BPF_TRACE_FENTRY, true},
    {"fexit", BPF_TRACE_FEXIT, false},
    {"fexit.s", BPF_TRACE_FEXIT, true},
    {"fmod_ret", BPF_MODIFY_RETURN, false},
    {"fmod_ret.s", BPF_MODIFY_RETURN, true},
    {"iter", BPF_TRACE_ITER, false},
    {"iter.s", BPF_TRACE_ITER, true},
};

const Section* SectionOf(const bpf_program* program) {
  const char* const name = bpf_program__section_name(program);
  for (const Section& section : kSections) {
    const size_t length = std::strlen(section.kind);
    if (std::strncmp(name, section.kind, length) == 0 && (name[length] == '/' || name[length] == '\0')) return &section;
  }
  return nullptr;
}

// A program that is attached to another program makes no use of the kernel's types, so libbpf does not read them if it takes
// the program for one of those. Until the load, the type id stands in place of the other program's descriptor.
int PrepareLoad(bpf_program*, bpf_prog_load_opts* opts, long sleepable) {
  if (sleepable != 0) opts->prog_flags |= BPF_F_SLEEPABLE;
  if (opts->attach_prog_fd != 0) {
    opts->attach_btf_id = opts->attach_prog_fd;
    opts->attach_prog_fd = 0;
  }
  return opts->attach_btf_id != 0 ? 0 : -ESRCH;
}

bpf_link* AttachIterator(const bpf_program* program) {
  const char* const slash = std::strchr(bpf_program__section_name(program), '/');
  if (slash == nullptr || std::strcmp(slash, "/cgroup") != 0) return bpf_program__attach_iter(program, nullptr);
  // The kernel wants to be told the order, and begins at the root of cgroup v2.
  bpf_iter_link_info info{};
  info.cgroup.order = BPF_CGROUP_ITER_DESCENDANTS_PRE;
  LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
  return bpf_program__attach_iter(program, &opts);
}

int Attach(const bpf_program* program, long, bpf_link** link) {
  errno = 0;
  *link = bpf_program__expected_attach_type(program) == BPF_TRACE_ITER ? AttachIterator(program) : bpf_program__attach_trace(program);
  return *link == nullptr ? -ErrnoOf(0) : 0;
}

uint32_t Find(const KernelTypes& types, const char* target, bpf_attach_type attach_type) {
  switch (attach_type) {
    case BPF_TRACE_RAW_TP: return types.Find(std::string("btf_trace_") + target, BTF_KIND_TYPEDEF);
    case BPF_TRACE_ITER: return types.Find(std::string("bpf_iter_") + target, BTF_KIND_FUNC);
    default: return types.Find(target, BTF_KIND_FUNC);
  }
}

}  // namespace

void AttachTarget::Install() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const Section& section : kSections) {
      LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = section.sleepable, .prog_prepare_load_fn = &PrepareLoad,
                  .prog_attach_fn = &Attach);
      libbpf_register_prog_handler((std::string(section.kind) + "+").c_str(), BPF_PROG_TYPE_TRACING, section.attach_type, &opts);
    }
  });
}

bool AttachTarget::IsIn(bpf_object* object) {
  bpf_program* program;
  bpf_object__for_each_program(program, object) {
    if (SectionOf(program) != nullptr && bpf_program__autoload(program)) return true;
  }
  return false;
}

int AttachTarget::ResolveAll(bpf_object* object, const Names& names, const KernelTypes* types, LogCapture::Scope& log) {
  const bool is_all = types != nullptr && !KernelTypes::HasModules();
  bpf_program* program;
  bpf_object__for_each_program(program, object) {
    const Section* const section = SectionOf(program);
    if (section == nullptr || !bpf_program__autoload(program)) continue;
    const auto named = names.find(program);
    const char* const slash = std::strchr(bpf_program__section_name(program), '/');
    const char* const target = named != names.end() ? named->second.c_str() : slash == nullptr ? "" : slash + 1;
    const uint32_t id = types == nullptr ? 0 : Find(*types, target, section->attach_type);
    if (id != 0) {
      bpf_program__set_attach_target(program, static_cast<int>(id), nullptr);
      continue;
    }
    const int result = is_all ? -ESRCH : bpf_program__set_attach_target(program, 0, target);
    if (result == 0) continue;
    log.Add(std::string("libbpf: prog '") + bpf_program__name(program) + "': failed to find kernel BTF type ID of '" + target +
            "': " + std::to_string(result) + "\n");
    // After a search only a load frees the types that libbpf has read. It fails in PrepareLoad().
    return is_all ? ESRCH : 0;
  }
  return 0;
}

}  // namespace santabpf
