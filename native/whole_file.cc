#include "whole_file.h"

#include <unistd.h>

namespace santabpf {

bool ReadAll(int fd, size_t size, std::vector<uint8_t>& data) {
  data.resize(size);
  size_t done = 0;
  while (done < size) {
    const ssize_t count = read(fd, data.data() + done, size - done);
    if (count <= 0) return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

}  // namespace santabpf
