#include "map_kind.h"

#include <bpf/libbpf.h>
#include <linux/bpf.h>

namespace santabpf {

MapKind MapKindOf(uint32_t type) {
  switch (type) {
    case BPF_MAP_TYPE_HASH:
    case BPF_MAP_TYPE_LRU_HASH:
    case BPF_MAP_TYPE_LPM_TRIE: return {false, false, true};
    case BPF_MAP_TYPE_PERCPU_HASH:
    case BPF_MAP_TYPE_LRU_PERCPU_HASH: return {false, true, true};
    case BPF_MAP_TYPE_ARRAY: return {true, false, true};
    case BPF_MAP_TYPE_PERCPU_ARRAY: return {true, true, true};
    default: return {};
  }
}

std::string NameOfMapType(uint32_t type) {
  const char* const name = libbpf_bpf_map_type_str(static_cast<bpf_map_type>(type));
  return name == nullptr ? "number " + std::to_string(type) : name;
}

}  // namespace santabpf
