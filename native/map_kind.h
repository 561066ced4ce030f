#pragma once

#include <cstdint>
#include <string>

namespace santabpf {

// What the addon needs to know about a type of BPF map. src/maps/map_kind.ts has the same table;
// test/native/map_kind.test.ts compares them.
struct MapKind {
  bool is_array = false;     // keys are 0 to max_entries - 1; none is ever removed
  bool is_per_cpu = false;   // each CPU has its own value
  bool is_readable = false;  // entries can be listed as keys and values, and cleared
};

// `type` is an enum bpf_map_type. A type without an entry in the table is not readable.
MapKind MapKindOf(uint32_t type);

// libbpf's name of an enum bpf_map_type, such as "percpu_hash"; "number 33" for types that are newer than libbpf.
std::string NameOfMapType(uint32_t type);

}  // namespace santabpf
