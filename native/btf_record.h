#pragma once

#include <linux/btf.h>

#include <cstddef>

namespace santabpf {

// The size of a type in BTF, with what follows its header; 0 for a kind that is not known.
size_t SizeOfType(const btf_type& type);

}  // namespace santabpf
