#include "perf_map.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <stdexcept>

#include "readable_name.h"

namespace santabpf::symbols {

namespace {

constexpr size_t kMaximumLines = 1 << 20;

struct Line {
  uint64_t start;
  uint64_t size;
  std::string_view name;
};

std::string Contents(int file) {
  std::string text;
  struct stat status;
  if (fstat(file, &status) != 0 || status.st_size > static_cast<off_t>(kLongestPerfMap))
    throw std::runtime_error("too long");
  text.resize(static_cast<size_t>(status.st_size));
  size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = pread(file, text.data() + length, text.size() - length, static_cast<off_t>(length));
    if (got < 0) throw std::runtime_error("not readable");
    if (got == 0) break;
    length += static_cast<size_t>(got);
  }
  text.resize(length);
  return text;
}

std::optional<uint64_t> TakeNumber(std::string_view& text) {
  if (text.substr(0, 2) == "0x") text.remove_prefix(2);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  const size_t length = static_cast<size_t>(end - text.data());
  if (error != std::errc() || length == text.size() || *end != ' ') return std::nullopt;
  text.remove_prefix(length + 1);
  return number;
}

std::optional<Line> ParseLine(std::string_view text) {
  const std::optional<uint64_t> start = TakeNumber(text);
  const std::optional<uint64_t> size = start ? TakeNumber(text) : std::nullopt;
  if (!size || *size == 0 || *size > UINT32_MAX || *start >= Table::kHighestAddress || text.empty()) return std::nullopt;
  // A zero would end the name early, and the rest would look like another name.
  return Line{*start, *size, text.substr(0, std::min(text.find('\0'), kLongestName))};
}

std::vector<Line> Lines(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty() && lines.size() < kMaximumLines) {
    const size_t end = text.find('\n');
    // A line without an end is still being written.
    if (end == std::string_view::npos) break;
    if (const auto line = ParseLine(text.substr(0, end))) lines.push_back(*line);
    text.remove_prefix(end + 1);
  }
  return lines;
}

// The parts of ranges that no later range covers.
class Cover {
 public:
  // Adds the uncovered parts of a range to `parts`.
  void Take(const Line& line, std::vector<Line>& parts) {
    uint64_t start = line.start;
    const uint64_t end = line.start + line.size;
    uint64_t covered_start = start;
    uint64_t covered_end = end;
    auto next = covered_.upper_bound(start);
    if (next != covered_.begin() && std::prev(next)->second >= start) --next;
    while (next != covered_.end() && next->first <= end) {
      if (next->first > start) parts.push_back({start, next->first - start, line.name});
      start = std::max(start, next->second);
      covered_start = std::min(covered_start, next->first);
      covered_end = std::max(covered_end, next->second);
      next = covered_.erase(next);
    }
    if (start < end) parts.push_back({start, end - start, line.name});
    covered_[covered_start] = covered_end;
  }

 private:
  // Ends by starts; the ranges neither touch nor overlap.
  std::map<uint64_t, uint64_t> covered_;
};

}  // namespace

Table ReadPerfMap(int file) {
  const std::string text = Contents(file);
  const std::vector<Line> lines = Lines(text);
  Cover cover;
  std::vector<Line> parts;
  for (size_t i = lines.size(); i-- > 0;) cover.Take(lines[i], parts);
  std::sort(parts.begin(), parts.end(), [](const Line& a, const Line& b) { return a.start < b.start; });
  Table table;
  table.complete = true;
  for (const auto& [start, size, name] : parts) {
    if (!table.Add(start, size, name)) throw std::runtime_error("too many symbols");
  }
  return table;
}

}  // namespace santabpf::symbols
