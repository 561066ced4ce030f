#include "short_keys.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "descriptor.h"

namespace santabpf {
namespace {

bool HasShortKey(const btf* types, const bpf_map* map) {
  const uint32_t type = bpf_map__btf_key_type_id(map);
  return type != 0 && btf__resolve_size(types, type) > static_cast<int64_t>(bpf_map__key_size(map));
}

void Create(bpf_map* map) {
  bpf_map_create_opts options{};
  options.sz = sizeof(options);
  options.map_flags = bpf_map__map_flags(map);
  options.numa_node = bpf_map__numa_node(map);
  options.map_extra = bpf_map__map_extra(map);
  const Descriptor created(bpf_map_create(bpf_map__type(map), bpf_map__name(map), bpf_map__key_size(map),
                                          bpf_map__value_size(map), bpf_map__max_entries(map), &options));
  if (created.valid()) bpf_map__reuse_fd(map, created.get());
}

}  // namespace

void CreateMapsWithShortKeys(bpf_object* object) {
  const btf* const types = bpf_object__btf(object);
  if (types == nullptr) return;
  bpf_map* map = nullptr;
  while ((map = bpf_object__next_map(object, map)) != nullptr) {
    if (bpf_map__autocreate(map) && bpf_map__fd(map) < 0 && HasShortKey(types, map)) Create(map);
  }
}

}  // namespace santabpf
