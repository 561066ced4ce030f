#pragma once

#include <cstddef>
#include <cstdint>

namespace santabpf {

// A hash of keys that other processes may choose: nobody who does not know the seed can make keys collide on purpose.
uint64_t RandomSeed();
uint32_t HashOf(const uint8_t* key, size_t size, uint64_t seed);

}  // namespace santabpf
