#include "elf_check.h"

#include <elf.h>

#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "btf_check.h"

namespace santabpf {
namespace {

constexpr size_t kInstructionBytes = 8;

// The whole file, section by section. Reads with memcpy: a damaged file aligns nothing.
class ObjectFile {
 public:
  explicit ObjectFile(ByteView bytes) : bytes_(bytes) {}

  std::string Problem() {
    for (const auto check : {&ObjectFile::Header, &ObjectFile::Sections, &ObjectFile::Symbols, &ObjectFile::Contents}) {
      std::string problem = (this->*check)();
      if (!problem.empty()) return problem;
    }
    return "";
  }

 private:
  template <typename T>
  bool Read(uint64_t offset, T& value) const {
    if (offset > bytes_.size || bytes_.size - offset < sizeof(value)) return false;
    std::memcpy(&value, bytes_.data + offset, sizeof(value));
    return true;
  }

  std::string Header() {
    if (!Read(0, header_)) return "it is too short for an ELF file";
    if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) return "it is not an ELF file";
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB) return "it is not a 64-bit little-endian ELF file";
    if (header_.e_type != ET_REL || header_.e_machine != EM_BPF) return "it is not compiled for BPF";
    if (header_.e_shentsize != sizeof(Elf64_Shdr) || header_.e_shnum == 0) return "it has no section table";
    if (header_.e_shstrndx >= header_.e_shnum) return "its section table has no names";
    return "";
  }

  std::string Sections() {
    sections_.resize(header_.e_shnum);
    for (size_t i = 0; i < sections_.size(); i++) {
      if (header_.e_shoff > bytes_.size || !Read(header_.e_shoff + i * sizeof(Elf64_Shdr), sections_[i])) return "its section table ends beyond the file";
      const Elf64_Shdr& section = sections_[i];
      if (section.sh_type == SHT_NOBITS) {
        // libbpf allocates global variables by this number.
        if (section.sh_size > UINT32_MAX) return Of(i, "is too large");
        continue;
      }
      if (section.sh_offset > bytes_.size || bytes_.size - section.sh_offset < section.sh_size) return Of(i, "ends beyond the file");
      if (section.sh_type == SHT_STRTAB && (section.sh_size == 0 || Bytes(section)[section.sh_size - 1] != 0)) return Of(i, "has an unfinished string");
      if (section.sh_flags & SHF_COMPRESSED) return Of(i, "is compressed");
      if ((section.sh_addralign & (section.sh_addralign - 1)) != 0) return Of(i, "has an impossible alignment");
    }
    if (sections_[header_.e_shstrndx].sh_type != SHT_STRTAB) return "the names of its sections are no strings";
    for (size_t i = 0; i < sections_.size(); i++) {
      if (sections_[i].sh_name >= sections_[header_.e_shstrndx].sh_size) return Of(i, "has no name");
    }
    return "";
  }

  std::string Symbols() {
    for (size_t i = 0; i < sections_.size(); i++) {
      if (sections_[i].sh_type != SHT_SYMTAB) continue;
      if (symbols_) return "it has two symbol tables";
      symbols_ = i;
    }
    if (!symbols_) return "it has no symbol table";
    const Elf64_Shdr& table = sections_[*symbols_];
    if (table.sh_entsize != sizeof(Elf64_Sym) || table.sh_size % sizeof(Elf64_Sym) != 0) return "its symbol table is damaged";
    if (table.sh_link >= sections_.size() || sections_[table.sh_link].sh_type != SHT_STRTAB) return "its symbols have no names";
    const uint64_t names = sections_[table.sh_link].sh_size;
    for (uint64_t i = 0; i < table.sh_size / sizeof(Elf64_Sym); i++) {
      Elf64_Sym symbol;
      Read(table.sh_offset + i * sizeof(symbol), symbol);
      if (symbol.st_name >= names) return "symbol " + std::to_string(i) + " has no name";
      if (symbol.st_shndx >= SHN_LORESERVE || symbol.st_shndx == SHN_UNDEF) continue;
      if (symbol.st_shndx >= sections_.size()) return "symbol " + std::to_string(i) + " is in no section";
      const uint64_t size = sections_[symbol.st_shndx].sh_size;
      if (symbol.st_value > size || size - symbol.st_value < symbol.st_size) return "symbol " + std::to_string(i) + " ends beyond its section";
    }
    return "";
  }

  std::string Contents() {
    for (size_t i = 0; i < sections_.size(); i++) {
      const Elf64_Shdr& section = sections_[i];
      std::string problem;
      if (section.sh_type == SHT_REL) problem = Relocations(i);
      if (section.sh_type == SHT_PROGBITS && (section.sh_flags & SHF_EXECINSTR) != 0 && section.sh_size % kInstructionBytes != 0)
        problem = Of(i, "ends within an instruction");
      // libbpf reads these by their names, whatever their types are.
      if (IsSpecial(Name(i)) && (section.sh_type == SHT_NOBITS || section.sh_size == 0)) problem = Of(i, "is empty");
      if (Name(i) == ".BTF" && problem.empty()) {
        problem = ProblemOfTypes({Bytes(section), section.sh_size});
        if (!problem.empty()) problem = "its type information is damaged: " + problem;
      }
      if (!problem.empty()) return problem;
    }
    return "";
  }

  std::string Relocations(size_t index) const {
    const Elf64_Shdr& section = sections_[index];
    if (section.sh_entsize != sizeof(Elf64_Rel) || section.sh_size % sizeof(Elf64_Rel) != 0) return Of(index, "is damaged");
    if (section.sh_link != *symbols_ || section.sh_info >= sections_.size()) return Of(index, "belongs to no other section");
    const uint64_t target = sections_[section.sh_info].sh_size, symbols = sections_[*symbols_].sh_size / sizeof(Elf64_Sym);
    for (uint64_t i = 0; i < section.sh_size / sizeof(Elf64_Rel); i++) {
      Elf64_Rel relocation;
      Read(section.sh_offset + i * sizeof(relocation), relocation);
      if (relocation.r_offset >= target || ELF64_R_SYM(relocation.r_info) >= symbols) return Of(index, "points outside of what it relocates");
    }
    return "";
  }

  const uint8_t* Bytes(const Elf64_Shdr& section) const { return bytes_.data + section.sh_offset; }

  std::string_view Name(size_t index) const {
    return reinterpret_cast<const char*>(Bytes(sections_[header_.e_shstrndx])) + sections_[index].sh_name;
  }

  static bool IsSpecial(std::string_view name) {
    return name == ".BTF" || name == ".BTF.ext" || name == "license" || name == "version" || name == ".maps";
  }

  static std::string Of(size_t index, const char* what) { return "section " + std::to_string(index) + " " + what; }

  const ByteView bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
  std::optional<size_t> symbols_;
};

}  // namespace

std::string ProblemOfObject(ByteView bytes) { return ObjectFile(bytes).Problem(); }

}  // namespace santabpf
