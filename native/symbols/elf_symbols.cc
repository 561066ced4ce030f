#include "elf_symbols.h"

#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "readable_name.h"

namespace santabpf::symbols {

namespace {

constexpr int kMaximumSymbols = 4 << 20;

using Library = std::unique_ptr<Elf, decltype(&elf_end)>;
using Session = std::unique_ptr<Dwfl, decltype(&dwfl_end)>;

struct Symbol {
  uint64_t start;
  uint64_t size;
  // Aliases: the lowest rank names the function.
  int rank;
  const char* name;
};

std::string BuildId(Elf* elf) {
  const void* bytes = nullptr;
  const ssize_t length = dwelf_elf_gnu_build_id(elf, &bytes);
  return length > 0 && length <= 64 ? std::string(static_cast<const char*>(bytes), length) : std::string();
}

bool HasSymbolTable(Elf* elf) {
  Elf_Scn* section = nullptr;
  GElf_Shdr header;
  while ((section = elf_nextscn(elf, section)) != nullptr) {
    if (gelf_getshdr(section, &header) != nullptr && header.sh_type == SHT_SYMTAB && header.sh_size > 0) return true;
  }
  return false;
}

std::vector<Segment> ExecutableSegments(Elf* elf) {
  std::vector<Segment> segments;
  size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return segments;
  GElf_Phdr header;
  for (size_t i = 0; i < count && segments.size() < 64; i++) {
    if (gelf_getphdr(elf, static_cast<int>(i), &header) == nullptr) continue;
    if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0)
      segments.push_back({header.p_vaddr, header.p_offset, header.p_filesz});
  }
  return segments;
}

// Where the code section that an address lies in ends; UINT64_MAX without one.
class SectionEnds {
 public:
  explicit SectionEnds(Elf* elf) {
    Elf_Scn* section = nullptr;
    GElf_Shdr header;
    while ((section = elf_nextscn(elf, section)) != nullptr) {
      if (gelf_getshdr(section, &header) != nullptr && (header.sh_flags & SHF_EXECINSTR) != 0)
        ends_[header.sh_addr] = header.sh_addr + header.sh_size;
    }
  }

  uint64_t After(uint64_t address) const {
    const auto next = ends_.upper_bound(address);
    return next == ends_.begin() || std::prev(next)->second <= address ? UINT64_MAX : std::prev(next)->second;
  }

 private:
  std::map<uint64_t, uint64_t> ends_;
};

// Python's own description of its structures lies in a section of this name (Python 3.13 or newer).
uint64_t PythonRuntime(Elf* elf) {
  size_t names = 0;
  if (gelf_getclass(elf) != ELFCLASS64 || elf_getshdrstrndx(elf, &names) != 0) return 0;
  Elf_Scn* section = nullptr;
  GElf_Shdr header;
  while ((section = elf_nextscn(elf, section)) != nullptr) {
    if (gelf_getshdr(section, &header) == nullptr || (header.sh_flags & SHF_ALLOC) == 0) continue;
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (name != nullptr && strcmp(name, ".PyRuntime") == 0) return header.sh_addr;
  }
  return 0;
}

int Rank(const GElf_Sym& symbol) {
  const int binding = GELF_ST_BIND(symbol.st_info);
  return (symbol.st_size == 0 ? 4 : 0) + (binding == STB_GLOBAL ? 0 : binding == STB_WEAK ? 1 : 2);
}

bool IsFunction(const GElf_Sym& symbol) {
  const int type = GELF_ST_TYPE(symbol.st_info);
  return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol.st_shndx != SHN_UNDEF;
}

// Sorts by address and keeps one name of each.
void RemoveAliases(std::vector<Symbol>& functions) {
  std::sort(functions.begin(), functions.end(), [](const Symbol& a, const Symbol& b) {
    return std::tie(a.start, a.rank, b.size) < std::tie(b.start, b.rank, a.size);
  });
  const auto same_start = [](const Symbol& a, const Symbol& b) { return a.start == b.start; };
  functions.erase(std::unique(functions.begin(), functions.end(), same_start), functions.end());
}

std::vector<Symbol> Functions(Dwfl_Module* module, uint64_t bias) {
  std::vector<Symbol> functions;
  const int count = std::min(dwfl_module_getsymtab(module), kMaximumSymbols);
  for (int i = 0; i < count; i++) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char* name = dwfl_module_getsym_info(module, i, &symbol, &address, nullptr, nullptr, nullptr);
    if (name == nullptr || name[0] == '\0' || !IsFunction(symbol)) continue;
    functions.push_back({address - bias, symbol.st_size, Rank(symbol), name});
  }
  RemoveAliases(functions);
  return functions;
}

void AddFunctions(Table& table, Dwfl_Module* module, uint64_t bias, const SectionEnds& ends) {
  const std::vector<Symbol> functions = Functions(module, bias);
  for (size_t i = 0; i < functions.size(); i++) {
    const auto& [start, size, rank, name] = functions[i];
    // A function of unknown size, written in assembler, ends where the next one starts, or with its section.
    const uint64_t next = i + 1 < functions.size() ? functions[i + 1].start : start + 4096;
    if (!table.Add(start, size == 0 ? std::min(next, ends.After(start)) - start : size, ReadableName(name))) throw std::runtime_error("too many symbols");
  }
}

// The debug file for the callback, which libdwfl gives no argument of ours.
int debug_file = -1;

int FindDebugInformation(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*, GElf_Word, char**) {
  return std::exchange(debug_file, -1);
}

int FindNoElf(Dwfl_Module*, void**, const char*, Dwarf_Addr, char**, Elf**) { return -1; }

void UseDebugFile(Table& table, int debug) {
  const Library elf(elf_begin(debug, ELF_C_READ_MMAP, nullptr), &elf_end);
  if (elf == nullptr || table.build_id.empty() || BuildId(elf.get()) != table.build_id) return;
  table.complete = table.complete || HasSymbolTable(elf.get());
  debug_file = dup(debug);
}

}  // namespace

Table ReadElf(int file, int debug) {
  elf_version(EV_CURRENT);
  const Library elf(elf_begin(file, ELF_C_READ_MMAP, nullptr), &elf_end);
  GElf_Ehdr header;
  if (elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF || gelf_getehdr(elf.get(), &header) == nullptr ||
      (header.e_type != ET_EXEC && header.e_type != ET_DYN))
    throw std::runtime_error("not an ELF program or library");
  Table table;
  table.build_id = BuildId(elf.get());
  table.complete = HasSymbolTable(elf.get());
  table.segments = ExecutableSegments(elf.get());
  table.python_runtime = PythonRuntime(elf.get());
  if (debug >= 0) UseDebugFile(table, debug);

  const Dwfl_Callbacks callbacks = {FindNoElf, FindDebugInformation, nullptr, nullptr};
  const Session session(dwfl_begin(&callbacks), &dwfl_end);
  if (session == nullptr) throw std::runtime_error("libdwfl");
  dwfl_report_begin(session.get());
  // The addresses stay those of the file.
  Dwfl_Module* module = dwfl_report_elf(session.get(), "file", "file", dup(file), 0, true);
  if (module == nullptr || dwfl_report_end(session.get(), nullptr, nullptr) != 0)
    throw std::runtime_error("no loadable segments");
  GElf_Addr bias = 0;
  if (dwfl_module_getelf(module, &bias) == nullptr) throw std::runtime_error("not readable");
  AddFunctions(table, module, bias, SectionEnds(elf.get()));
  return table;
}

Table ReadVdso() {
  elf_version(EV_CURRENT);
  auto* image = reinterpret_cast<char*>(getauxval(AT_SYSINFO_EHDR));
  if (image == nullptr) throw std::runtime_error("no vDSO");
  const Library elf(elf_memory(image, 2 * sysconf(_SC_PAGESIZE)), &elf_end);
  Table table;
  table.complete = true;
  table.segments = ExecutableSegments(elf.get());
  Elf_Scn* section = nullptr;
  GElf_Shdr header;
  std::vector<Symbol> functions;
  while ((section = elf_nextscn(elf.get(), section)) != nullptr) {
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_DYNSYM || header.sh_entsize == 0) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    for (size_t i = 0; i < header.sh_size / header.sh_entsize; i++) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr || !IsFunction(symbol)) continue;
      const char* name = elf_strptr(elf.get(), header.sh_link, symbol.st_name);
      if (name != nullptr) functions.push_back({symbol.st_value, symbol.st_size, Rank(symbol), name});
    }
  }
  RemoveAliases(functions);
  for (const Symbol& function : functions) table.Add(function.start, function.size, function.name);
  return table;
}

}  // namespace santabpf::symbols
