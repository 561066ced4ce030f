#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arguments.h"

namespace santabpf {

// The name and the kind (BTF_KIND_*) of a type.
struct NamedKind {
  std::string name;
  uint32_t kind;

  bool operator==(const NamedKind& other) const { return kind == other.kind && name == other.name; }
};

// The types of the kernel that an object's CO-RE relocations start from, each once.
struct ObjectRelocations {
  std::vector<NamedKind> roots;
  // Whether the roots and what is embedded in them are all that the relocations ask for. Otherwise, as for
  // bpf_core_type_id_kernel() and for what this code does not know, they need the complete types of the kernel.
  bool is_complete = true;
};

// Read from the sections .BTF and .BTF.ext. An object without them has no roots; what is wrong with the object is for libbpf to say.
ObjectRelocations ReadRelocations(ByteView bytes);

}  // namespace santabpf
