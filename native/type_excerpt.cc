#include "type_excerpt.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "excerpt_writer.h"

namespace santabpf {

std::unique_ptr<TypeExcerpt> TypeExcerpt::Create(std::shared_ptr<const KernelTypes> types, ObjectRelocations relocations,
                                                 bool search_modules) {
  if (types == nullptr || !relocations.is_complete || relocations.roots.empty()) return nullptr;
  const auto& roots = relocations.roots;
  const bool has_all = std::all_of(roots.begin(), roots.end(), [&types](const NamedKind& root) {
    return !types->Candidates(root.name, root.kind).empty();
  });
  if (!has_all && search_modules && KernelTypes::HasModules()) return nullptr;
  Descriptor file(memfd_create("kernel types", MFD_CLOEXEC));
  if (!file.valid()) return nullptr;
  return std::unique_ptr<TypeExcerpt>(new TypeExcerpt(std::move(types), std::move(relocations.roots), std::move(file)));
}

TypeExcerpt::TypeExcerpt(std::shared_ptr<const KernelTypes> types, std::vector<NamedKind> roots, Descriptor file)
    : types_(std::move(types)), roots_(std::move(roots)), file_(std::move(file)) {}

std::string TypeExcerpt::Path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

int TypeExcerpt::Write() const {
  ExcerptWriter writer(*types_);
  for (const NamedKind& root : roots_) {
    for (const uint32_t id : types_->Candidates(root.name, root.kind)) writer.Add(id);
  }
  const std::vector<uint8_t> bytes = writer.Finish();
  const ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(), 0);
  if (written < 0) return errno;
  return static_cast<size_t>(written) == bytes.size() ? 0 : EIO;
}

}  // namespace santabpf
