#pragma once

#include <string>

// For programs that begin with what is there already: they are attached to this function, which is called once everything is attached.
extern "C" void post_attach_mark();

namespace santabpf {

// The file that has the function: this addon.
std::string FileOfAttachMark();

}  // namespace santabpf
