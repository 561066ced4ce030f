#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel_types.h"

namespace santabpf {

// Copies types with everything embedded in them into BTF of their own, and numbers them anew. CO-RE asks what a pointer leads
// to for its kind only, so a type behind a pointer becomes hollow: it has no name, and so is taken for no other, and no members.
class ExcerptWriter {
 public:
  explicit ExcerptWriter(const KernelTypes& source) : source_(source), strings_(1, '\0') {}

  // Adds a type; does nothing the second time.
  void Add(uint32_t id) { Number(id, Depth::kWhole); }
  // The BTF of all added types.
  std::vector<uint8_t> Finish();

 private:
  enum class Depth { kWhole, kHollow };
  struct Request {
    uint32_t id;
    Depth depth;
  };

  // The new number of a type, which is copied later. 0 stays 0: void.
  uint32_t Number(uint32_t id, Depth depth);
  uint32_t WithoutModifiers(uint32_t id) const;
  void Copy(const Request& request);
  uint32_t TextOf(uint32_t offset, Depth depth);
  template <typename T>
  void Append(const T& value);

  const KernelTypes& source_;
  std::vector<Request> requests_;  // by new number, less one
  std::unordered_map<uint64_t, uint32_t> numbers_;
  std::unordered_map<std::string_view, uint32_t> texts_;
  std::vector<uint8_t> types_;
  std::vector<char> strings_;
};

}  // namespace santabpf
