#pragma once

#include "map_reading.h"

namespace santabpf {

// A type whose entries can all be taken away, or set to zeroes where there always are as many.
bool IsEmptiable(const MapLayout& layout);

// Removes all entries of a map of keys; sets those of an array to zeroes. On any thread; 0 or an errno. Entries that come
// meanwhile may stay.
int EmptyMap(int fd, const MapLayout& layout);

}  // namespace santabpf
