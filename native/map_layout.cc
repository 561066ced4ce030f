#include "map_layout.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <limits>

#include "failure.h"

namespace santabpf {

int MakeLayout(uint32_t type, uint32_t key_size, uint32_t value_size, MapLayout& layout) {
  const MapKind kind = MapKindOf(type);
  const int cpus = kind.is_per_cpu ? libbpf_num_possible_cpus() : 1;
  if (cpus < 0) return ErrnoOf(cpus);
  const uint64_t stride = kind.is_per_cpu ? RoundUp8(value_size) * static_cast<uint64_t>(cpus) : value_size;
  if (stride > std::numeric_limits<uint32_t>::max()) return E2BIG;
  layout = {0, type, key_size, value_size, 0, 0, kind, static_cast<uint32_t>(cpus), static_cast<uint32_t>(stride)};
  return 0;
}

int ReadLayout(int fd, MapLayout& layout) {
  bpf_map_info info{};
  uint32_t size = sizeof(info);
  const int result = bpf_obj_get_info_by_fd(fd, &info, &size);
  if (result != 0) return ErrnoOf(result);
  const int error = MakeLayout(info.type, info.key_size, info.value_size, layout);
  if (error != 0) return error;
  layout.id = info.id;
  layout.max_entries = info.max_entries;
  layout.flags = info.map_flags;
  return 0;
}

}  // namespace santabpf
