#include "kernel_types.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "btf_record.h"
#include "descriptor.h"
#include "whole_file.h"

namespace santabpf {
namespace {

constexpr const char* kFolder = "/sys/kernel/btf";
constexpr size_t kChains = 1 << 17;

size_t ChainOf(std::string_view name) { return std::hash<std::string_view>()(name) & (kChains - 1); }

bool IsEnum(uint32_t kind) { return kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64; }

}  // namespace

size_t EssentialLength(std::string_view name) {
  // The separator is three underscores between two other characters; the last one counts.
  for (size_t at = name.rfind("___"); at != std::string_view::npos && at > 0; at = name.rfind("___", at - 1)) {
    if (name[at - 1] != '_' && at + 3 < name.size() && name[at + 3] != '_') return at;
  }
  return name.size();
}

std::shared_ptr<const KernelTypes> KernelTypes::Of(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<const KernelTypes>> known;
  const std::lock_guard<std::mutex> lock(mutex);
  std::shared_ptr<const KernelTypes> types = known[path].lock();
  if (types != nullptr) return types;
  auto fresh = std::make_shared<KernelTypes>();
  if (!fresh->Read(path)) return nullptr;
  known[path] = fresh;
  return fresh;
}

bool KernelTypes::HasModules() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(kFolder), closedir);
  if (folder == nullptr) return true;
  while (const dirent* const entry = readdir(folder.get())) {
    if (entry->d_name[0] != '.' && std::strcmp(entry->d_name, "vmlinux") != 0) return true;
  }
  return false;
}

bool KernelTypes::Read(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (!file.valid() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const auto size = static_cast<size_t>(status.st_size);
  // Since Linux 6.15 the kernel's own BTF can be mapped. A file of the user may be cut while it is mapped: that would be a SIGBUS.
  if (path == kUsualFile && mapping_.Map(file.get(), size, MAP_PRIVATE)) {
    return Parse(static_cast<const uint8_t*>(mapping_.data()), size);
  }
  return ReadAll(file.get(), size, copy_) && Parse(copy_.data(), size);
}

bool KernelTypes::Parse(const uint8_t* data, size_t size) {
  btf_header header;
  if (size < sizeof(header)) return false;
  std::memcpy(&header, data, sizeof(header));
  if (header.magic != BTF_MAGIC || header.version != BTF_VERSION || header.hdr_len < sizeof(header)) return false;
  const uint64_t types_end = uint64_t{header.hdr_len} + header.type_off + header.type_len;
  const uint64_t strings_end = uint64_t{header.hdr_len} + header.str_off + header.str_len;
  if (header.type_off % 4 != 0 || header.hdr_len % 4 != 0 || types_end > size || strings_end > size || header.str_len == 0) return false;
  types_ = data + header.hdr_len + header.type_off;
  strings_ = reinterpret_cast<const char*>(data + header.hdr_len + header.str_off);
  strings_size_ = header.str_len;
  if (strings_[strings_size_ - 1] != '\0') return false;

  offsets_.reserve(header.type_len / 24);
  offsets_.push_back(0);  // id 0 is void
  for (uint32_t at = 0; at < header.type_len;) {
    if (header.type_len - at < sizeof(btf_type)) return false;
    const size_t length = SizeOfType(*reinterpret_cast<const btf_type*>(types_ + at));
    if (length == 0 || length > header.type_len - at) return false;
    offsets_.push_back(at);
    at += static_cast<uint32_t>(length);
  }
  last_.assign(kChains, 0);
  before_.assign(offsets_.size(), 0);
  for (uint32_t id = 1; id < offsets_.size(); id++) AddName(id);
  return true;
}

void KernelTypes::AddName(uint32_t id) {
  const std::string_view name = Text(Type(id).name_off);
  if (name.empty()) return;
  uint32_t& last = last_[ChainOf(name.substr(0, EssentialLength(name)))];
  before_[id] = last;
  last = id;
}

template <typename Visit>
void KernelTypes::ForEachOf(std::string_view essential_name, Visit visit) const {
  for (uint32_t id = last_[ChainOf(essential_name)]; id != 0; id = before_[id]) {
    const std::string_view name = Text(Type(id).name_off);
    if (name.substr(0, EssentialLength(name)) == essential_name) visit(id, name, BTF_INFO_KIND(Type(id).info));
  }
}

uint32_t KernelTypes::Find(std::string_view wanted, uint32_t wanted_kind) const {
  uint32_t found = 0;
  ForEachOf(wanted.substr(0, EssentialLength(wanted)), [&](uint32_t id, std::string_view name, uint32_t kind) {
    if (name == wanted && kind == wanted_kind) found = id;
  });
  return found;
}

std::vector<uint32_t> KernelTypes::Candidates(std::string_view wanted, uint32_t wanted_kind) const {
  std::vector<uint32_t> found;
  ForEachOf(wanted.substr(0, EssentialLength(wanted)), [&](uint32_t id, std::string_view, uint32_t kind) {
    if (kind == wanted_kind || (IsEnum(kind) && IsEnum(wanted_kind))) found.push_back(id);
  });
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace santabpf
