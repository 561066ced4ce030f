#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "table.h"

namespace santabpf::symbols {

struct Outcome {
  // A serialized table, if `error` is empty.
  std::string bytes;
  std::string error;
  uint32_t cpu_microseconds = 0;
  // Whether the failure says nothing about the file: its process is gone, or it cannot be opened.
  bool unreachable = false;
};

// Runs a parser in a confined process of its own and waits for its answer, at most ten seconds. The process has only the
// files `file` as descriptor 0 and `debug` (or none if negative) as descriptor 2. Whatever happens to it becomes `error`.
Outcome RunWorker(int file, int debug, const std::function<Table()>& parse);

}  // namespace santabpf::symbols
