// The hooks of network interfaces and cgroups.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "failure.h"
#include "hook.h"

namespace santabpf {
namespace {

// Of Linux 6.6, which the headers of older systems lack.
constexpr auto kTcxIngress = static_cast<bpf_attach_type>(46);
constexpr auto kTcxEgress = static_cast<bpf_attach_type>(47);

// After the filters of others, whose priorities start at 1 or count down from 49152.
constexpr uint32_t kLastPriority = 0xfff0;

// A filter of traffic control. Unlike a link it outlives a process that is killed.
class Filter : public Attachment {
 public:
  Filter(const bpf_tc_hook& hook, uint32_t handle) : hook_(hook), handle_(handle) {}
  ~Filter() override {
    LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle_, .priority = kLastPriority);
    bpf_tc_detach(&hook_, &opts);
  }

 private:
  bpf_tc_hook hook_;
  const uint32_t handle_;
};

// A socket whose filter is the program.
class PacketSocket : public Attachment {
 public:
  explicit PacketSocket(Descriptor socket) : socket_(std::move(socket)) {}

 private:
  const Descriptor socket_;
};

// A program of a map of sockets. It holds both.
class SocketMapProgram : public Attachment {
 public:
  SocketMapProgram(Descriptor program, Descriptor map, bpf_attach_type type)
      : program_(std::move(program)), map_(std::move(map)), type_(type) {}
  ~SocketMapProgram() override { bpf_prog_detach2(program_.get(), map_.get(), type_); }

 private:
  const Descriptor program_;
  const Descriptor map_;
  const bpf_attach_type type_;
};

// A link of an interface or cgroup.
int CreateLink(const bpf_program* program, int target, bpf_attach_type type, uint32_t flags, Held& held) {
  LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);
  errno = 0;
  Descriptor link(bpf_link_create(bpf_program__fd(program), target, type, &opts));
  if (!link.valid()) return ErrnoOf(link.get());
  held.attachment = std::make_unique<KernelLink>(std::move(link));
  return 0;
}

// Calls with the index of an interface.
template <typename Attach>
Hook InterfaceHook(std::string interface, Attach attach) {
  return [interface = std::move(interface), attach](bpf_program* program, Held& held) {
    const unsigned index = if_nametoindex(interface.c_str());
    return index == 0 ? ENODEV : attach(program, static_cast<int>(index), held);
  };
}

// A link of tcx runs before all filters, and ends what follows if its program returns TC_ACT_OK. So it is no place for a
// program that comes after the filters of others.
bool HasFilters(const bpf_tc_hook& hook) {
  LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 1, .priority = kLastPriority);
  return bpf_tc_query(&hook, &opts) != -EINVAL;
}

int AttachFilter(const bpf_program* program, bpf_tc_hook hook, Held& held) {
  // Nothing removes it: others may have put filters there meanwhile.
  const int created = bpf_tc_hook_create(&hook);
  if (created != 0 && created != -EEXIST) return -created;
  LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(program), .priority = kLastPriority);
  const int result = bpf_tc_attach(&hook, &opts);
  if (result != 0) return -result;
  held.attachment = std::make_unique<Filter>(hook, opts.handle);
  return 0;
}

int AttachTc(const bpf_program* program, int interface, bool is_egress, Held& held) {
  LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = interface, .attach_point = is_egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
  if (!HasFilters(hook)) {
    const int error = CreateLink(program, interface, is_egress ? kTcxEgress : kTcxIngress, 0, held);
    if (error != EINVAL) return error;  // EINVAL: older than tcx
  }
  return AttachFilter(program, hook, held);
}

int AttachSocket(const bpf_program* program, int interface, Held& held) {
  // Without a protocol it receives nothing until it is bound.
  Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return errno;
  // Nothing reads the packets. The kernel runs the filter before it looks for space.
  const int space = 0;
  const int filter = bpf_program__fd(program);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = interface;
  if (setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &space, sizeof(space)) != 0 ||
      setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_BPF, &filter, sizeof(filter)) != 0 ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return errno;
  }
  held.attachment = std::make_unique<PacketSocket>(std::move(socket));
  return 0;
}

uint32_t XdpFlags(Napi::Env env, const Options& options) {
  const auto mode = options.Text("mode");
  if (!mode) return 0;  // native, or generic if the driver cannot do that
  if (*mode == "native") return XDP_FLAGS_DRV_MODE;
  if (*mode == "generic") return XDP_FLAGS_SKB_MODE;
  throw TypeErrorOf(env, "There is no XDP mode \"" + *mode + "\"");
}

bool IsEgress(Napi::Env env, const Options& options) {
  const std::string direction = RequireText(env, options, "direction");
  if (direction != "ingress" && direction != "egress") throw TypeErrorOf(env, "There is no direction \"" + direction + "\"");
  return direction == "egress";
}

}  // namespace

int AttachToSockets(const bpf_program* program, const bpf_map* map, Held& held) {
  const bpf_attach_type type = bpf_program__expected_attach_type(program);
  Descriptor program_fd(fcntl(bpf_program__fd(program), F_DUPFD_CLOEXEC, 0));
  Descriptor map_fd(fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 0));
  if (!program_fd.valid() || !map_fd.valid()) return errno;
  // The kernel would replace another program. Kernels before 5.16 cannot be asked.
  uint32_t count = 0;
  const int queried = bpf_prog_query(map_fd.get(), type, 0, nullptr, nullptr, &count);
  if (count > 0 || (queried != 0 && ErrnoOf(queried) == ENOSPC)) return EBUSY;
  errno = 0;
  const int result = bpf_prog_attach(program_fd.get(), map_fd.get(), type, 0);
  if (result != 0) return ErrnoOf(result);
  held.attachment = std::make_unique<SocketMapProgram>(std::move(program_fd), std::move(map_fd), type);
  return 0;
}

Hook ReadNetworkHook(Napi::Env env, const std::string& name, const Options& options) {
  if (name == "cgroup") {
    return [path = RequireText(env, options, "path")](bpf_program* program, Held& held) {
      const Descriptor cgroup(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!cgroup.valid()) return errno;
      return CreateLink(program, cgroup.get(), bpf_program__expected_attach_type(program), 0, held);
    };
  }
  if (name == "xdp") {
    return InterfaceHook(RequireText(env, options, "interface"),
                         [flags = XdpFlags(env, options)](const bpf_program* program, int interface, Held& held) {
                           return CreateLink(program, interface, BPF_XDP, flags, held);
                         });
  }
  if (name == "tcx") {
    return InterfaceHook(RequireText(env, options, "interface"),
                         [type = IsEgress(env, options) ? kTcxEgress : kTcxIngress](const bpf_program* program, int interface,
                                                                                    Held& held) {
                           return CreateLink(program, interface, type, 0, held);
                         });
  }
  if (name == "tc") {
    return InterfaceHook(RequireText(env, options, "interface"),
                         [is_egress = IsEgress(env, options)](const bpf_program* program, int interface, Held& held) {
                           return AttachTc(program, interface, is_egress, held);
                         });
  }
  return name == "socket" ? InterfaceHook(RequireText(env, options, "interface"), &AttachSocket) : Hook();
}

}  // namespace santabpf
