#include "readable_name.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace santabpf::symbols {

namespace {

// Longer ones are not worth the demangler's time: the result would be cut anyway.
constexpr size_t kLongestMangled = 4096;

bool EndsWith(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

// `f(int) const [clone .cold]` -> `f(int) const`
void RemoveClones(std::string& name) {
  while (EndsWith(name, "]")) {
    const size_t start = name.rfind(" [clone ");
    if (start == std::string::npos) return;
    name.resize(start);
  }
}

// `f<int>(int) const` -> `f<int>`. A name without parameters stays.
void RemoveParameters(std::string& name) {
  std::string_view rest = name;
  for (const std::string_view qualifier : {" const", " volatile", " &&", " &"}) {
    if (EndsWith(rest, qualifier)) rest.remove_suffix(qualifier.size());
  }
  if (!EndsWith(rest, ")")) return;
  size_t depth = 0;
  for (size_t i = rest.size(); i-- > 0;) {
    if (rest[i] == ')') depth++;
    if (rest[i] != '(' || --depth > 0) continue;
    // `(anonymous namespace)` and `operator()` are names.
    if (i > 0 && rest.substr(i) != "(anonymous namespace)" && !EndsWith(rest.substr(0, i), "operator")) name.resize(i);
    return;
  }
}

// `core::fmt::write::h0123456789abcdef` -> `core::fmt::write`
void RemoveHash(std::string& name) {
  constexpr size_t length = 3 + 16;
  if (name.size() <= length || name.compare(name.size() - length, 3, "::h") != 0) return;
  if (name.find_first_not_of("0123456789abcdef", name.size() - 16) == std::string::npos) name.resize(name.size() - length);
}

}  // namespace

std::string ReadableName(std::string_view symbol) {
  std::string name(symbol);
  if (symbol.size() > 2 && symbol.size() <= kLongestMangled && symbol.substr(0, 2) == "_Z") {
    int status = 0;
    const std::unique_ptr<char, decltype(&free)> demangled(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status),
                                                           &free);
    if (status == 0 && demangled != nullptr) {
      name = demangled.get();
      RemoveClones(name);
      RemoveParameters(name);
      RemoveHash(name);
    }
  }
  if (name.size() > kLongestName) name.resize(kLongestName);
  return name;
}

}  // namespace santabpf::symbols
