#include "object_relocations.h"

#include <bpf/btf.h>
#include <gelf.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>


namespace santabpf {
namespace {

// enum bpf_core_relo_kind, which libbpf does not install.
constexpr uint32_t kTypeIdLocal = 6;
constexpr uint32_t kTypeIdTarget = 7;
constexpr uint32_t kEnumValueValue = 11;

// struct bpf_core_relo, of which newer compilers may write more.
struct Relocation {
  uint32_t instruction;
  uint32_t type_id;
  uint32_t access;
  uint32_t kind;
};

// struct btf_ext_header up to the CO-RE relocations.
struct ExtensionHeader {
  uint16_t magic;
  uint8_t version;
  uint8_t flags;
  uint32_t header_size;
  uint32_t other_sections[4];
  uint32_t relocations_offset;
  uint32_t relocations_size;
};

struct SectionHeader {
  uint32_t name_offset;
  uint32_t count;
};

struct FreeBtf {
  void operator()(btf* types) const { btf__free(types); }
};

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};

using ElfPointer = std::unique_ptr<Elf, EndElf>;

bool CanBeRoot(uint32_t kind) {
  switch (kind) {
    case BTF_KIND_INT:
    case BTF_KIND_FLOAT:
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
    case BTF_KIND_ENUM:
    case BTF_KIND_ENUM64:
    case BTF_KIND_FWD:
    case BTF_KIND_TYPEDEF: return true;
    default: return false;
  }
}

ByteView SectionOf(Elf* elf, std::string_view wanted) {
  size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return {};
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr; section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    const char* const name = elf_strptr(elf, names, header.sh_name);
    if (name == nullptr || name != wanted) continue;
    const Elf_Data* const data = elf_rawdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr) return {};
    return {static_cast<const uint8_t*>(data->d_buf), data->d_size};
  }
  return {};
}

// Reads the plain structures in a range of bytes one after another.
class Cursor {
 public:
  explicit Cursor(ByteView bytes) : bytes_(bytes) {}

  template <typename T>
  bool Read(T& value, size_t size = sizeof(T)) {
    if (size < sizeof(T) || bytes_.size < size) return false;
    std::memcpy(&value, bytes_.data, sizeof(T));
    bytes_ = {bytes_.data + size, bytes_.size - size};
    return true;
  }
  bool AtEnd() const { return bytes_.size == 0; }

 private:
  ByteView bytes_;
};

void Add(const Relocation& relocation, const btf* types, ObjectRelocations& result) {
  if (relocation.kind == kTypeIdLocal) return;
  const btf_type* const type = btf__type_by_id(types, relocation.type_id);
  const char* const name = type == nullptr ? nullptr : btf__name_by_offset(types, type->name_off);
  if (relocation.kind == kTypeIdTarget || relocation.kind > kEnumValueValue || name == nullptr || *name == '\0' || !CanBeRoot(btf_kind(type))) {
    result.is_complete = false;
    return;
  }
  NamedKind root{name, btf_kind(type)};
  if (std::find(result.roots.begin(), result.roots.end(), root) == result.roots.end()) result.roots.push_back(std::move(root));
}

// False if the bytes are not what is expected.
bool AddAll(ByteView extension, const btf* types, ObjectRelocations& result) {
  ExtensionHeader header;
  if (!Cursor(extension).Read(header) || header.magic != BTF_MAGIC || header.header_size < sizeof(header)) return false;
  const uint64_t begin = uint64_t{header.header_size} + header.relocations_offset;
  if (begin + header.relocations_size > extension.size) return false;
  if (header.relocations_size == 0) return true;
  Cursor cursor({extension.data + begin, header.relocations_size});
  uint32_t size = 0;
  if (!cursor.Read(size)) return false;
  while (!cursor.AtEnd()) {
    SectionHeader section;
    if (!cursor.Read(section)) return false;
    for (uint32_t i = 0; i < section.count; i++) {
      Relocation relocation;
      if (!cursor.Read(relocation, size)) return false;
      Add(relocation, types, result);
    }
  }
  return true;
}

ObjectRelocations ReadFrom(const ElfPointer& elf) {
  ObjectRelocations result;
  if (elf == nullptr) return result;
  const ByteView extension = SectionOf(elf.get(), ".BTF.ext");
  const ByteView raw = SectionOf(elf.get(), ".BTF");
  if (extension.size == 0 || raw.size == 0) return result;
  const std::unique_ptr<btf, FreeBtf> types(btf__new(raw.data, static_cast<uint32_t>(raw.size)));
  if (types == nullptr || !AddAll(extension, types.get(), result)) result.is_complete = false;
  return result;
}

}  // namespace

ObjectRelocations ReadRelocations(ByteView bytes) {
  elf_version(EV_CURRENT);
  return ReadFrom(ElfPointer(elf_memory(const_cast<char*>(reinterpret_cast<const char*>(bytes.data)), bytes.size)));
}

}  // namespace santabpf
