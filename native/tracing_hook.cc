// The hooks of kernel functions and of user-space code.
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <vector>

#include "failure.h"
#include "hook.h"

namespace santabpf {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;
constexpr int kAllProcesses = -1;

// Of Linux 6.6, which the headers of older systems lack.
constexpr uint32_t kTraceUprobeMulti = 48;
constexpr uint32_t kUprobeMultiReturn = 1;
struct UprobeMultiAttributes {
  uint32_t prog_fd;
  uint32_t target_fd;
  uint32_t attach_type;
  uint32_t flags;
  uint64_t path;
  uint64_t offsets;
  uint64_t ref_ctr_offsets;
  uint64_t cookies;
  uint32_t count;
  uint32_t multi_flags;
  uint32_t pid;
  uint32_t padding;
};

int Keep(bpf_link* link, Held& held) {
  held.link.reset(link);
  return link != nullptr ? 0 : ErrnoOf(0);
}

// Calls libbpf with a clean errno.
template <typename Attach>
Hook LibbpfHook(Attach attach) {
  return [attach](bpf_program* program, Held& held) {
    errno = 0;
    return Keep(attach(program), held);
  };
}

Hook UprobeMulti(std::string path, std::vector<uint64_t> offsets, int pid, bool is_return) {
  return [path = std::move(path), offsets = std::move(offsets), pid, is_return](bpf_program* program, Held& held) {
    UprobeMultiAttributes attributes{};
    attributes.prog_fd = static_cast<uint32_t>(bpf_program__fd(program));
    attributes.attach_type = kTraceUprobeMulti;
    attributes.path = reinterpret_cast<uintptr_t>(path.c_str());
    attributes.offsets = reinterpret_cast<uintptr_t>(offsets.data());
    attributes.count = static_cast<uint32_t>(offsets.size());
    attributes.multi_flags = is_return ? kUprobeMultiReturn : 0;
    attributes.pid = pid == kAllProcesses ? 0 : static_cast<uint32_t>(pid);
    Descriptor link(static_cast<int>(syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof(attributes))));
    if (!link.valid()) return errno;
    held.attachment = std::make_unique<KernelLink>(std::move(link));
    return 0;
  };
}

Hook ReadUserCode(Napi::Env env, const std::string& name, bool is_return, const Options& options) {
  std::string path = RequireText(env, options, "path");
  const int pid = static_cast<int>(options.Integer("pid", 1, INT32_MAX).value_or(kAllProcesses));
  if (name == "usdt") {
    return LibbpfHook([path, pid, provider = RequireText(env, options, "provider"),
                       probe = RequireText(env, options, "probe")](bpf_program* program) {
      return bpf_program__attach_usdt(program, pid, path.c_str(), provider.c_str(), probe.c_str(), nullptr);
    });
  }
  if (name == "uprobe.multi" || name == "uretprobe.multi") {
    return UprobeMulti(std::move(path), options.Integers("offsets", 0, kMaxSafeInteger), pid, is_return);
  }
  const auto offset = options.Integer("offset", 0, kMaxSafeInteger);
  if (!offset) throw TypeErrorOf(env, "This hook needs the number offset");
  return LibbpfHook([path, pid, is_return, offset = static_cast<size_t>(*offset)](bpf_program* program) {
    LIBBPF_OPTS(bpf_uprobe_opts, opts, .retprobe = is_return);
    return bpf_program__attach_uprobe_opts(program, pid, path.c_str(), offset, &opts);
  });
}

}  // namespace

Hook ReadTracingHook(Napi::Env env, const std::string& name, const Options& options) {
  const bool is_return = name.find("ret") != std::string::npos;
  if (name == "kprobe" || name == "kretprobe") {
    return LibbpfHook([is_return, function = RequireText(env, options, "function")](bpf_program* program) {
      return bpf_program__attach_kprobe(program, is_return, function.c_str());
    });
  }
  if (name == "ksyscall" || name == "kretsyscall") {
    return LibbpfHook([is_return, call = RequireText(env, options, "syscall")](bpf_program* program) {
      LIBBPF_OPTS(bpf_ksyscall_opts, opts, .retprobe = is_return);
      return bpf_program__attach_ksyscall(program, call.c_str(), &opts);
    });
  }
  if (name == "kprobe.multi" || name == "kretprobe.multi") {
    return LibbpfHook([is_return, functions = options.Texts("functions")](bpf_program* program) {
      std::vector<const char*> names;
      for (const std::string& function : functions) names.push_back(function.c_str());
      LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = names.data(), .cnt = names.size(), .retprobe = is_return);
      return bpf_program__attach_kprobe_multi_opts(program, nullptr, &opts);
    });
  }
  const bool is_user_code = name == "usdt" || name.rfind("uprobe", 0) == 0 || name.rfind("uretprobe", 0) == 0;
  return is_user_code ? ReadUserCode(env, name, is_return, options) : Hook();
}

}  // namespace santabpf
