#pragma once

#include <bpf/libbpf.h>

namespace santabpf {

// Creates the maps of an unloaded object whose keys are shorter than their BTF type. The kernel refuses such a map with BTF types;
// libbpf would try that first, and warn. What cannot be created here is left to libbpf.
void CreateMapsWithShortKeys(bpf_object* object);

}  // namespace santabpf
