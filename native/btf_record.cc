#include "btf_record.h"

#include <cstdint>

namespace santabpf {

size_t SizeOfType(const btf_type& type) {
  const size_t count = BTF_INFO_VLEN(type.info);
  switch (BTF_INFO_KIND(type.info)) {
    case BTF_KIND_PTR:
    case BTF_KIND_FWD:
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_CONST:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_FUNC:
    case BTF_KIND_FLOAT:
    case BTF_KIND_TYPE_TAG: return sizeof(type);
    case BTF_KIND_INT: return sizeof(type) + sizeof(uint32_t);
    case BTF_KIND_ARRAY: return sizeof(type) + sizeof(btf_array);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION: return sizeof(type) + count * sizeof(btf_member);
    case BTF_KIND_ENUM: return sizeof(type) + count * sizeof(btf_enum);
    case BTF_KIND_ENUM64: return sizeof(type) + count * sizeof(btf_enum64);
    case BTF_KIND_FUNC_PROTO: return sizeof(type) + count * sizeof(btf_param);
    case BTF_KIND_VAR: return sizeof(type) + sizeof(btf_var);
    case BTF_KIND_DATASEC: return sizeof(type) + count * sizeof(btf_var_secinfo);
    case BTF_KIND_DECL_TAG: return sizeof(type) + sizeof(btf_decl_tag);
    default: return 0;
  }
}

}  // namespace santabpf
