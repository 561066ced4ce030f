#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace santabpf {

// Reads a file of this size. Files of sysfs give a page at a time, which takes JavaScript a thousand calls. False with errno if it fails
// or ends before.
bool ReadAll(int fd, size_t size, std::vector<uint8_t>& data);

}  // namespace santabpf
