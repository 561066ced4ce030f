#include "program.h"

#include <bpf/bpf.h>

#include <cerrno>

#include "failure.h"

namespace santabpf {

int Program::Attach(LinkPointer& link) const {
  errno = 0;
  link.reset(bpf_program__attach(program_));
  return link ? 0 : ErrnoOf(0);
}

int Program::AttachOver(const bpf_map* map, LinkPointer& link) const {
  bpf_iter_link_info info{};
  info.map.map_fd = static_cast<uint32_t>(bpf_map__fd(map));
  LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
  errno = 0;
  link.reset(bpf_program__attach_iter(program_, &opts));
  return link ? 0 : ErrnoOf(0);
}

int Program::GetInfo(Info& info) const {
  const int fd = bpf_program__fd(program_);
  if (fd < 0) return EINVAL;
  info.info = {};
  info.size = sizeof(info.info);
  errno = 0;
  const int result = bpf_obj_get_info_by_fd(fd, &info.info, &info.size);
  return result == 0 ? 0 : ErrnoOf(result);
}

}  // namespace santabpf
