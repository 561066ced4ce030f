#include "key_hash.h"

#include <cstring>
#include <random>

namespace santabpf {
namespace {

constexpr uint64_t kOdd1 = 0x9e3779b97f4a7c15;
constexpr uint64_t kOdd2 = 0xd6e8feb86659fd93;

// Both halves of the 128-bit product, folded.
uint64_t Fold(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

uint64_t RandomSeed() {
  std::random_device random;
  return (static_cast<uint64_t>(random()) << 32) | random();
}

uint32_t HashOf(const uint8_t* key, size_t size, uint64_t seed) {
  uint64_t state = seed ^ size;
  size_t left = size;
  for (; left >= 8; key += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, key, 8);
    state = Fold(state ^ word ^ kOdd1, kOdd2 ^ seed);
  }
  if (left > 0) {
    uint64_t word = 0;
    std::memcpy(&word, key, left);
    state = Fold(state ^ word ^ kOdd1, kOdd2 ^ seed);
  }
  state = Fold(state ^ kOdd2, kOdd1);
  return static_cast<uint32_t>(state);
}

}  // namespace santabpf
