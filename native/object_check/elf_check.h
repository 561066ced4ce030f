#pragma once

#include <string>

#include "../arguments.h"

namespace santabpf {

// What is wrong with the bytes of an object file, as part of a sentence ("section 5 ends beyond the file"); empty if libbpf can read
// them. libbpf 1.1 trusts the numbers in a file, and a file that was damaged, or written in part, would end the process.
std::string ProblemOfObject(ByteView bytes);

}  // namespace santabpf
