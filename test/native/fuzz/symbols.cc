// Parses mutated files with the parsers of native/symbols, without confinement, until a time is over. A sanitizer ends it.
//
//   symbols SECONDS SEED WORK FILE...     FILE... are ELF files, perf maps (*.map) and debug files; WORK receives each input
//                                         before it is parsed, so that it is there after a crash
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "symbols/elf_symbols.h"
#include "symbols/perf_map.h"

namespace {

using santabpf::symbols::ReadElf;
using santabpf::symbols::ReadPerfMap;

std::string Contents(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Headers decide most of what a parser does: half of the changes hit the start, the end or a section header.
void Mutate(std::string& bytes, std::mt19937_64& random) {
  constexpr uint64_t kValues[] = {0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff, ~uint64_t{0}, uint64_t{1} << 63};
  const size_t changes = 1 + random() % 8;
  for (size_t i = 0; i < changes && bytes.size() > 64; i++) {
    const size_t near = random() % 4;
    size_t at = random() % bytes.size();
    if (near == 0) at = random() % 64;
    if (near == 1) at = bytes.size() - 1 - random() % std::min<size_t>(bytes.size(), 2048);
    const size_t width = size_t{1} << random() % 4;
    const uint64_t value = random() % 2 == 0 ? random() : kValues[random() % std::size(kValues)];
    for (size_t byte = 0; byte < width && at + byte < bytes.size(); byte++)
      bytes[at + byte] = static_cast<char>(value >> (8 * byte));
  }
  if (random() % 8 == 0) bytes.resize(random() % bytes.size());
}

void Parse(int file, int other, bool is_map) {
  try {
    (is_map ? ReadPerfMap(file) : ReadElf(file, other)).Serialized();
  } catch (const std::exception&) {
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 5) return 2;
  std::mt19937_64 random(strtoull(words[2], nullptr, 10));
  std::vector<std::string> inputs(words + 4, words + count);
  const time_t end = time(nullptr) + atoi(words[1]);
  unsigned long parsed = 0;
  for (; time(nullptr) < end; parsed++) {
    const std::string& path = inputs[random() % inputs.size()];
    std::string bytes = Contents(path.c_str());
    Mutate(bytes, random);
    std::ofstream(words[3], std::ios::binary | std::ios::trunc) << bytes;
    const int file = open(words[3], O_RDONLY | O_CLOEXEC);
    // Sometimes the original is its own debug file: same build-id, other contents.
    const int debug = random() % 4 == 0 ? open(path.c_str(), O_RDONLY | O_CLOEXEC) : -1;
    Parse(file, debug, path.size() > 4 && path.substr(path.size() - 4) == ".map");
    close(file);
    if (debug >= 0) close(debug);
  }
  printf("%lu files parsed\n", parsed);
  return 0;
}
