#include "description.h"

#include "map_kind.h"

namespace santabpf {
namespace {

std::string TextOrEmpty(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

std::vector<ProgramDescription> DescribePrograms(const bpf_object* object) {
  std::vector<ProgramDescription> programs;
  bpf_program* program = nullptr;
  while ((program = bpf_object__next_program(object, program)) != nullptr) {
    const bpf_prog_type type = bpf_program__type(program);
    programs.push_back({TextOrEmpty(bpf_program__name(program)), TextOrEmpty(bpf_program__section_name(program)),
                        static_cast<uint32_t>(type), TextOrEmpty(libbpf_bpf_prog_type_str(type)),
                        bpf_program__autoload(program)});
  }
  return programs;
}

std::vector<MapDescription> DescribeMaps(const bpf_object* object) {
  std::vector<MapDescription> maps;
  bpf_map* map = nullptr;
  while ((map = bpf_object__next_map(object, map)) != nullptr) {
    const bpf_map_type type = bpf_map__type(map);
    maps.push_back({TextOrEmpty(bpf_map__name(map)), SectionOf(map), static_cast<uint32_t>(type),
                    NameOfMapType(type), bpf_map__key_size(map), bpf_map__value_size(map),
                    bpf_map__max_entries(map), bpf_map__map_flags(map), bpf_map__btf_key_type_id(map),
                    bpf_map__btf_value_type_id(map), bpf_map__is_internal(map), bpf_map__autocreate(map)});
  }
  return maps;
}

std::string SectionOf(const bpf_map* map) {
  if (!bpf_map__is_internal(map)) return "";
  // libbpf prefixes the names of standard sections with (part of) the object's name, which has no dots.
  const std::string name = bpf_map__name(map);
  const size_t dot = name.find('.');
  return dot == std::string::npos ? name : name.substr(dot);
}

}  // namespace santabpf
