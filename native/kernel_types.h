#pragma once

#include <linux/btf.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mapping.h"

namespace santabpf {

// The length of a type's name without its flavor, which follows three underscores: `task_struct___old` is a task_struct.
size_t EssentialLength(std::string_view name);

// The types of a kernel, indexed by name. libbpf parses all of them, 150,000 and more, for each object that it loads, and
// searches them for each type that the object names. Any thread may use it.
class KernelTypes {
 public:
  // Where libbpf looks first.
  static constexpr const char* kUsualFile = "/sys/kernel/btf/vmlinux";

  // The types in a file of raw BTF. Parsed once for everything that uses them at the same time. Null if the file cannot be
  // read, or has something that this code does not know: libbpf must then do without it.
  static std::shared_ptr<const KernelTypes> Of(const std::string& path);

  // Whether kernel modules have types too, which are in files of their own.
  static bool HasModules();

  // Ids are below it.
  uint32_t count() const { return static_cast<uint32_t>(offsets_.size()); }
  // The first type of this name and kind (BTF_KIND_*); 0 if there is none.
  uint32_t Find(std::string_view name, uint32_t kind) const;
  // What CO-RE may take for a type of an object: equal kind, and equal name but for the flavor.
  std::vector<uint32_t> Candidates(std::string_view name, uint32_t kind) const;

  const btf_type& Type(uint32_t id) const { return *reinterpret_cast<const btf_type*>(types_ + offsets_[id]); }
  const char* Text(uint32_t offset) const { return offset < strings_size_ ? strings_ + offset : ""; }

 private:
  bool Read(const std::string& path);
  bool Parse(const uint8_t* data, size_t size);
  void AddName(uint32_t id);

  template <typename Visit>
  void ForEachOf(std::string_view essential_name, Visit visit) const;

  Mapping mapping_;
  std::vector<uint8_t> copy_;  // of kernels whose BTF cannot be mapped
  const uint8_t* types_ = nullptr;
  const char* strings_ = nullptr;
  size_t strings_size_ = 0;
  std::vector<uint32_t> offsets_;  // by id
  // Names by hash: the last type in a chain, and by id the type before it.
  std::vector<uint32_t> last_;
  std::vector<uint32_t> before_;
};

}  // namespace santabpf
