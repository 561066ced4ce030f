#pragma once

#include "table.h"

namespace santabpf::symbols {

// Reads a perf map, lines of `START SIZE NAME` with hexadecimal numbers, as JIT compilers write them. Where ranges overlap
// the later line counts. Lines that do not fit are skipped. Throws std::runtime_error if the file cannot be read or is
// longer than `kLongestPerfMap`.
Table ReadPerfMap(int file);

constexpr uint64_t kLongestPerfMap = uint64_t{64} << 20;

}  // namespace santabpf::symbols
