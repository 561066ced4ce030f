#include "table.h"

#include <algorithm>
#include <cstring>

namespace santabpf::symbols {

namespace {

constexpr size_t kBuildIdBytes = 64;
constexpr size_t kMaximumSegments = 64;
constexpr size_t kBytesPerSymbol = sizeof(double) + 2 * sizeof(uint32_t);

struct Header {
  char magic[4] = {'S', 'Y', 'M', '2'};
  uint32_t complete = 0;
  uint32_t build_id_length = 0;
  uint32_t segments = 0;
  uint32_t symbols = 0;
  uint32_t name_bytes = 0;
  char build_id[kBuildIdBytes] = {};
  double python_runtime = 0;
};
static_assert(sizeof(Header) == 96);

template <typename T>
void Append(std::string& out, const std::vector<T>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

}  // namespace

bool Table::Add(uint64_t start, uint64_t size, std::string_view name) {
  if (start >= kHighestAddress || name.empty()) return true;
  if (starts_.size() * kBytesPerSymbol + names_.size() + name.size() > kMaximumBytes - 4096) return false;
  starts_.push_back(static_cast<double>(start));
  sizes_.push_back(static_cast<uint32_t>(std::min<uint64_t>(size, UINT32_MAX)));
  positions_.push_back(PositionOf(name));
  return true;
}

uint32_t Table::PositionOf(std::string_view name) {
  const auto [entry, is_new] = known_names_.try_emplace(std::string(name), static_cast<uint32_t>(names_.size()));
  if (is_new) names_.append(name).push_back('\0');
  return entry->second;
}

std::string Table::Serialized() const {
  Header header;
  header.complete = complete ? 1 : 0;
  if (python_runtime < kHighestAddress) header.python_runtime = static_cast<double>(python_runtime);
  header.build_id_length = static_cast<uint32_t>(std::min(build_id.size(), kBuildIdBytes));
  header.segments = static_cast<uint32_t>(std::min(segments.size(), kMaximumSegments));
  header.symbols = static_cast<uint32_t>(starts_.size());
  header.name_bytes = static_cast<uint32_t>(names_.size());
  memcpy(header.build_id, build_id.data(), header.build_id_length);
  std::string out(reinterpret_cast<const char*>(&header), sizeof(header));
  for (size_t i = 0; i < header.segments; i++) {
    const auto& [address, offset, size] = segments[i];
    Append(out, std::vector<double>{static_cast<double>(address), static_cast<double>(offset), static_cast<double>(size)});
  }
  Append(out, starts_);
  Append(out, sizes_);
  Append(out, positions_);
  return out += names_;
}

}  // namespace santabpf::symbols
