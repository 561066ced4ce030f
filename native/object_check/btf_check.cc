#include "btf_check.h"

#include <linux/btf.h>

#include <cstring>
#include <vector>

namespace santabpf {
namespace {

constexpr uint32_t kEnum64 = 19;
// libbpf follows references to no greater depth.
constexpr int kDeepest = 32;

struct Type {
  btf_type common;
  uint64_t rest;  // where the data after the common part begins
};

class Types {
 public:
  explicit Types(ByteView bytes) : bytes_(bytes) {}

  std::string Problem() {
    if (!ReadHeader()) return "its header is wrong";
    types_.push_back({});
    for (uint64_t at = begin_; at < end_;) {
      Type type{};
      if (!Read(at, type.common)) return Of("is truncated");
      type.rest = at + sizeof(type.common);
      const uint32_t kind = BTF_INFO_KIND(type.common.info);
      if (kind == BTF_KIND_UNKN || kind > kEnum64) return Of("is of an unknown kind");
      const uint64_t size = RestOf(type.common);
      if (end_ - type.rest < size) return Of("is truncated");
      if (type.common.name_off >= strings_size_) return Of("has no name");
      at = type.rest + size;
      types_.push_back(type);
    }
    for (checked_ = 1; checked_ < types_.size(); checked_++) {
      const char* const problem = ProblemOf(types_[checked_]);
      if (problem != nullptr) return "type " + std::to_string(checked_) + " " + problem;
    }
    return "";
  }

 private:
  template <typename T>
  bool Read(uint64_t offset, T& value) const {
    if (offset > end_ || end_ - offset < sizeof(value)) return false;
    std::memcpy(&value, bytes_.data + offset, sizeof(value));
    return true;
  }

  bool ReadHeader() {
    btf_header header;
    end_ = bytes_.size;
    if (!Read(0, header) || header.magic != BTF_MAGIC || header.hdr_len < sizeof(header)) return false;
    begin_ = uint64_t{header.hdr_len} + header.type_off;
    end_ = begin_ + header.type_len;
    const uint64_t strings = uint64_t{header.hdr_len} + header.str_off;
    strings_size_ = header.str_len;
    if (begin_ > bytes_.size || end_ > bytes_.size || strings + strings_size_ > bytes_.size || strings_size_ == 0) return false;
    // Type records are read in place, as 32-bit words.
    if (begin_ % 4 != 0) return false;
    return bytes_.data[strings] == 0 && bytes_.data[strings + strings_size_ - 1] == 0;
  }

  static uint64_t RestOf(const btf_type& type) {
    const uint64_t count = BTF_INFO_VLEN(type.info);
    switch (BTF_INFO_KIND(type.info)) {
      case BTF_KIND_INT:
      case BTF_KIND_VAR:
      case BTF_KIND_DECL_TAG: return 4;
      case BTF_KIND_ARRAY: return sizeof(btf_array);
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION:
      case BTF_KIND_DATASEC:
      case kEnum64: return count * 12;
      case BTF_KIND_ENUM:
      case BTF_KIND_FUNC_PROTO: return count * 8;
      default: return 0;
    }
  }

  const char* ProblemOf(const Type& type) {
    const uint32_t kind = BTF_INFO_KIND(type.common.info);
    switch (kind) {
      case BTF_KIND_PTR:
      case BTF_KIND_TYPEDEF:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_CONST:
      case BTF_KIND_RESTRICT:
      case BTF_KIND_TYPE_TAG:
        if (!Has(type.common.type)) return kNoType;
        return EndsAt(checked_) ? nullptr : "refers to itself";
      case BTF_KIND_FUNC: return HasKind(type.common.type, BTF_KIND_FUNC_PROTO) ? nullptr : kNoType;
      case BTF_KIND_VAR:
      case BTF_KIND_DECL_TAG: return Has(type.common.type) ? nullptr : kNoType;
      case BTF_KIND_ARRAY: {
        btf_array array;
        Read(type.rest, array);
        if (!Has(array.type) || !Has(array.index_type)) return kNoType;
        return EndsAt(checked_) ? nullptr : "refers to itself";
      }
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION: return ProblemOfMembers(type);
      case BTF_KIND_FUNC_PROTO: return Has(type.common.type) ? ProblemOfParameters(type) : kNoType;
      case BTF_KIND_DATASEC: return ProblemOfVariables(type);
      case BTF_KIND_ENUM: return ProblemOfNames(type, 8);
      case kEnum64: return ProblemOfNames(type, 12);
      default: return nullptr;
    }
  }

  const char* ProblemOfMembers(const Type& type) const {
    for (uint32_t i = 0; i < BTF_INFO_VLEN(type.common.info); i++) {
      btf_member member;
      Read(type.rest + i * sizeof(member), member);
      if (!HasName(member.name_off)) return kNoName;
      if (!Has(member.type)) return kNoType;
    }
    return nullptr;
  }

  const char* ProblemOfParameters(const Type& type) const {
    for (uint32_t i = 0; i < BTF_INFO_VLEN(type.common.info); i++) {
      btf_param parameter;
      Read(type.rest + i * sizeof(parameter), parameter);
      if (!HasName(parameter.name_off)) return kNoName;
      if (!Has(parameter.type)) return kNoType;
    }
    return nullptr;
  }

  const char* ProblemOfVariables(const Type& type) const {
    for (uint32_t i = 0; i < BTF_INFO_VLEN(type.common.info); i++) {
      btf_var_secinfo variable;
      Read(type.rest + i * sizeof(variable), variable);
      if (!HasKind(variable.type, BTF_KIND_VAR) && !HasKind(variable.type, BTF_KIND_FUNC)) return kNoType;
    }
    return nullptr;
  }

  // Of an enum, whose values begin with the offsets of their names.
  const char* ProblemOfNames(const Type& type, uint64_t size) const {
    for (uint32_t i = 0; i < BTF_INFO_VLEN(type.common.info); i++) {
      uint32_t name = 0;
      Read(type.rest + i * size, name);
      if (!HasName(name)) return kNoName;
    }
    return nullptr;
  }

  // Whether following the references from a type comes to an end.
  bool EndsAt(uint32_t id) const {
    for (int depth = 0; depth < kDeepest; depth++) {
      const Type& type = types_[id];
      switch (BTF_INFO_KIND(type.common.info)) {
        case BTF_KIND_TYPEDEF:
        case BTF_KIND_VOLATILE:
        case BTF_KIND_CONST:
        case BTF_KIND_RESTRICT:
        case BTF_KIND_TYPE_TAG: id = type.common.type; break;
        case BTF_KIND_ARRAY: {
          btf_array array;
          Read(type.rest, array);
          id = array.type;
          break;
        }
        default: return true;
      }
      if (!Has(id)) return false;
    }
    return false;
  }

  bool Has(uint32_t id) const { return id < types_.size(); }
  bool HasKind(uint32_t id, uint32_t kind) const { return Has(id) && BTF_INFO_KIND(types_[id].common.info) == kind; }
  bool HasName(uint32_t offset) const { return offset < strings_size_; }
  std::string Of(const char* what) const { return "type " + std::to_string(types_.size()) + " " + what; }

  static constexpr const char* kNoType = "refers to a type that it does not have";
  static constexpr const char* kNoName = "has a part without a name";

  const ByteView bytes_;
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
  uint64_t strings_size_ = 0;
  std::vector<Type> types_;
  uint32_t checked_ = 0;
};

}  // namespace

std::string ProblemOfTypes(ByteView bytes) { return Types(bytes).Problem(); }

}  // namespace santabpf
