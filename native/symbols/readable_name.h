#pragma once

#include <string>
#include <string_view>

namespace santabpf::symbols {

// The name of a symbol as people write it: demangled if it is a C++ or (legacy) Rust name, without parameters, clone
// suffixes and Rust's hash, cut to `kLongestName` bytes.
std::string ReadableName(std::string_view symbol);

constexpr size_t kLongestName = 400;

}  // namespace santabpf::symbols
