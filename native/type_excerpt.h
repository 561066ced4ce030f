#pragma once

#include <memory>
#include <vector>

#include "descriptor.h"
#include "kernel_types.h"
#include "object_relocations.h"

namespace santabpf {

// A file in memory with the part of a kernel's BTF that CO-RE can ask for when it starts from some types: those types and what
// is embedded in them. libbpf gives the same results from it as from the whole, except for type ids.
class TypeExcerpt {
 public:
  // Null if it would not do: libbpf must then read the whole. That is so if a root is not in `types`, but may be in a module.
  static std::unique_ptr<TypeExcerpt> Create(std::shared_ptr<const KernelTypes> types, ObjectRelocations relocations, bool search_modules);

  // Its path; valid in this process, as long as this object lives.
  std::string Path() const;
  // Writes the file; 0 or an errno.
  int Write() const;

 private:
  TypeExcerpt(std::shared_ptr<const KernelTypes> types, std::vector<NamedKind> roots, Descriptor file);

  const std::shared_ptr<const KernelTypes> types_;
  const std::vector<NamedKind> roots_;
  const Descriptor file_;
};

}  // namespace santabpf
