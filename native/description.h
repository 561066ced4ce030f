#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <string>
#include <vector>

namespace santabpf {

// Copies of what an object says about its programs and maps. Building JavaScript objects from them may run JavaScript,
// which may close the object.
struct ProgramDescription {
  std::string name;
  std::string section;
  uint32_t type;
  std::string type_name;
  bool autoload;
};

struct MapDescription {
  std::string name;
  std::string section;  // of global variables, e.g. ".bss"; empty for other maps
  uint32_t type;
  std::string type_name;
  uint32_t key_size;
  uint32_t value_size;
  uint32_t max_entries;
  uint32_t flags;
  uint32_t key_type_id;
  uint32_t value_type_id;
  bool internal;
  bool autocreate;
};

std::vector<ProgramDescription> DescribePrograms(const bpf_object* object);
std::vector<MapDescription> DescribeMaps(const bpf_object* object);

// The ELF section of a map of global variables; empty for other maps.
std::string SectionOf(const bpf_map* map);

}  // namespace santabpf
