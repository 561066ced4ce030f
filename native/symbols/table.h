#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace santabpf::symbols {

// An executable part of an ELF file: `size` bytes at `offset` are loaded at the file's own address `address`.
struct Segment {
  uint64_t address;
  uint64_t offset;
  uint64_t size;
};

// What a worker answers: the names of address ranges of one file. src/symbols/table.ts reads the same layout.
class Table {
 public:
  // Addresses above this are dropped: readers keep them in doubles.
  static constexpr uint64_t kHighestAddress = uint64_t{1} << 52;
  static constexpr size_t kMaximumBytes = size_t{32} << 20;

  // Whether the file has its full symbol table; otherwise a separate debug file may know more.
  bool complete = false;
  // The file's own address of CPython's _PyRuntime; 0 without one.
  uint64_t python_runtime = 0;
  // Raw bytes.
  std::string build_id;
  std::vector<Segment> segments;

  // Adds a range. Ranges are given in the order of their addresses. False if the table is full.
  bool Add(uint64_t start, uint64_t size, std::string_view name);
  // The layout: a header of 96 bytes, segments of three doubles, the starts as doubles, sizes and positions of names as
  // 32-bit numbers, the names with a zero after each.
  std::string Serialized() const;

 private:
  uint32_t PositionOf(std::string_view name);

  std::vector<double> starts_;
  std::vector<uint32_t> sizes_;
  std::vector<uint32_t> positions_;
  std::string names_;
  std::unordered_map<std::string, uint32_t> known_names_;
};

}  // namespace santabpf::symbols
