#pragma once

#include "map_layout.h"

namespace santabpf {

// Removes all entries of a readable map; sets the values of an array to zero. On any thread; 0 or an errno. Entries added
// meanwhile may stay.
int EmptyMap(int fd, const MapLayout& layout);

}  // namespace santabpf
