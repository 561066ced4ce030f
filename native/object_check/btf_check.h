#pragma once

#include <string>

#include "../arguments.h"

namespace santabpf {

// As ProblemOfObject, for the contents of a section .BTF.
std::string ProblemOfTypes(ByteView bytes);

}  // namespace santabpf
