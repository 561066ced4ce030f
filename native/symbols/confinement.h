#pragma once

#include <cstdint>

namespace santabpf::symbols {

// What a worker may use.
struct Limits {
  uint32_t cpu_seconds;
  // Bytes of address space for mapped files, and of memory besides.
  uint64_t file_bytes;
  uint64_t memory_bytes;
};

// Keeps of the capabilities of this process only those that opening other processes' files and `Confine` take.
void DropUnneededCapabilities();

// Takes everything from this process that parsing does not need: other descriptors than 0, 1 and 2, capabilities, the
// user root, new files, processes, sockets. It ends with its parent, `parent`. False if a step failed: do not parse then.
// It cannot be undone.
bool Confine(const Limits& limits, int parent);

}  // namespace santabpf::symbols
