#include "excerpt_writer.h"

#include <cstring>
#include <string_view>

namespace santabpf {
namespace {

// The `info` of a type without members.
uint32_t Emptied(uint32_t info) { return info & ~uint32_t{0xffff}; }

bool IsModifier(uint32_t kind) {
  return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_RESTRICT ||
         kind == BTF_KIND_TYPE_TAG;
}

// What follows a btf_type.
template <typename T>
const T* Following(const btf_type& type) {
  return reinterpret_cast<const T*>(&type + 1);
}

}  // namespace

std::vector<uint8_t> ExcerptWriter::Finish() {
  // Copying adds requests.
  for (size_t next = 0; next < requests_.size(); next++) Copy(Request(requests_[next]));
  btf_header header{};
  header.magic = BTF_MAGIC;
  header.version = BTF_VERSION;
  header.hdr_len = sizeof(header);
  header.type_len = static_cast<uint32_t>(types_.size());
  header.str_off = header.type_len;
  header.str_len = static_cast<uint32_t>(strings_.size());
  std::vector<uint8_t> result(sizeof(header) + types_.size() + strings_.size());
  std::memcpy(result.data(), &header, sizeof(header));
  if (!types_.empty()) std::memcpy(result.data() + sizeof(header), types_.data(), types_.size());
  std::memcpy(result.data() + sizeof(header) + types_.size(), strings_.data(), strings_.size());
  return result;
}

uint32_t ExcerptWriter::Number(uint32_t id, Depth depth) {
  if (depth == Depth::kHollow) id = WithoutModifiers(id);
  if (id == 0 || id >= source_.count()) return 0;
  const auto [at, is_new] = numbers_.try_emplace(uint64_t{id} << 1 | (depth == Depth::kHollow), 0);
  if (is_new) {
    requests_.push_back({id, depth});
    at->second = static_cast<uint32_t>(requests_.size());
  }
  return at->second;
}

uint32_t ExcerptWriter::WithoutModifiers(uint32_t id) const {
  // As deep as libbpf follows them; broken BTF may have a circle.
  for (int steps = 0; steps < 32 && id != 0 && id < source_.count(); steps++) {
    const btf_type& type = source_.Type(id);
    if (!IsModifier(BTF_INFO_KIND(type.info))) return id;
    id = type.type;
  }
  return 0;
}

void ExcerptWriter::Copy(const Request& request) {
  const btf_type& type = source_.Type(request.id);
  const Depth depth = request.depth;
  const bool is_whole = depth == Depth::kWhole;
  const size_t members = BTF_INFO_VLEN(type.info);
  btf_type copy{TextOf(type.name_off, depth), type.info, {type.size}};
  switch (BTF_INFO_KIND(type.info)) {
    case BTF_KIND_PTR:
      copy.type = Number(type.type, Depth::kHollow);
      Append(copy);
      return;
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_CONST:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_TYPE_TAG:
      copy.type = Number(type.type, depth);
      Append(copy);
      return;
    case BTF_KIND_INT:
      Append(copy);
      Append(*Following<uint32_t>(type));
      return;
    case BTF_KIND_ARRAY: {
      Append(copy);
      btf_array array = *Following<btf_array>(type);
      array.type = Number(array.type, depth);
      array.index_type = Number(array.index_type, depth);
      Append(array);
      return;
    }
    case BTF_KIND_FUNC_PROTO: {
      copy.type = Number(type.type, Depth::kHollow);
      Append(copy);
      for (size_t i = 0; i < members; i++) Append(btf_param{0, Number(Following<btf_param>(type)[i].type, Depth::kHollow)});
      return;
    }
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
      if (!is_whole) copy.info = Emptied(copy.info);
      Append(copy);
      for (size_t i = 0; is_whole && i < members; i++) {
        const btf_member& member = Following<btf_member>(type)[i];
        Append(btf_member{TextOf(member.name_off, depth), Number(member.type, depth), member.offset});
      }
      return;
    case BTF_KIND_ENUM:
      if (!is_whole) copy.info = Emptied(copy.info);
      Append(copy);
      for (size_t i = 0; is_whole && i < members; i++) {
        const btf_enum& value = Following<btf_enum>(type)[i];
        Append(btf_enum{TextOf(value.name_off, depth), value.val});
      }
      return;
    case BTF_KIND_ENUM64:
      if (!is_whole) copy.info = Emptied(copy.info);
      Append(copy);
      for (size_t i = 0; is_whole && i < members; i++) {
        const btf_enum64& value = Following<btf_enum64>(type)[i];
        Append(btf_enum64{TextOf(value.name_off, depth), value.val_lo32, value.val_hi32});
      }
      return;
    default:
      // FWD and FLOAT. No type embeds another kind.
      Append(copy);
  }
}

uint32_t ExcerptWriter::TextOf(uint32_t offset, Depth depth) {
  const std::string_view text = depth == Depth::kWhole ? source_.Text(offset) : "";
  if (text.empty()) return 0;
  const auto [at, is_new] = texts_.try_emplace(text, static_cast<uint32_t>(strings_.size()));
  if (is_new) strings_.insert(strings_.end(), text.data(), text.data() + text.size() + 1);
  return at->second;
}

template <typename T>
void ExcerptWriter::Append(const T& value) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(&value);
  types_.insert(types_.end(), bytes, bytes + sizeof(value));
}

}  // namespace santabpf
