#include "number_load.h"

#include <endian.h>

#include <cstring>

namespace santabpf {
namespace {

template <typename T>
T Load(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

uint64_t Extend(uint64_t value, unsigned bits) {
  const unsigned unused = 64 - bits;
  return static_cast<uint64_t>(static_cast<int64_t>(value << unused) >> unused);
}

}  // namespace

uint64_t NumberLoad::Read(const uint8_t* record) const {
  const uint8_t* const from = record + offset;
  uint64_t value = 0;
  switch (size) {
    case 1: value = *from; break;
    case 2: value = is_network ? be16toh(Load<uint16_t>(from)) : Load<uint16_t>(from); break;
    case 4: value = is_network ? be32toh(Load<uint32_t>(from)) : Load<uint32_t>(from); break;
    default: value = is_network ? be64toh(Load<uint64_t>(from)) : Load<uint64_t>(from); break;
  }
  unsigned bits = size * 8u;
  if (width != 0) {
    bits = width;
    value >>= shift;
    if (bits < 64) value &= (uint64_t{1} << bits) - 1;
  }
  return is_signed ? Extend(value, bits) : value;
}

}  // namespace santabpf
