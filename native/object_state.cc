#include "object_state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "description.h"
#include "descriptor.h"
#include "map_state.h"
#include "object_check/elf_check.h"
#include "short_keys.h"

namespace santabpf {
namespace {

// As libbpf names an object that it opens by its path.
std::string NameOf(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.find('.')).substr(0, BPF_OBJ_NAME_LEN - 1);
}

}  // namespace

ObjectState::ObjectState(std::shared_ptr<Registry> registry, OpenOptions options)
    : Closable(std::move(registry)), options_(std::move(options)), log_(LIBBPF_INFO) {}

void ObjectState::PrepareTypes(ObjectRelocations relocations) {
  if (relocations.is_complete && relocations.roots.empty()) return;
  kernel_types_ = KernelTypes::Of(KernelTypes::kUsualFile);
  const std::string& path = options_.btf_path;
  const auto types = path.empty() || path == KernelTypes::kUsualFile ? kernel_types_ : KernelTypes::Of(path);
  excerpt_ = TypeExcerpt::Create(types, std::move(relocations), path.empty());
  if (excerpt_ != nullptr) options_.btf_path = excerpt_->Path();
}

bpf_object_open_opts ObjectState::Opts() {
  bpf_object_open_opts opts{};
  opts.sz = sizeof(opts);
  if (!options_.name.empty()) opts.object_name = options_.name.c_str();
  if (!options_.btf_path.empty()) opts.btf_custom_path = options_.btf_path.c_str();
  return opts;
}

int ObjectState::Adopt(bpf_object* object) {
  if (object == nullptr) return ErrnoOf(0);
  object_.reset(object);
  return 0;
}

int ObjectState::OpenFile(const std::string& path, LogCapture::Scope& scope) {
  // A FIFO would hang the thread.
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  std::vector<uint8_t> bytes(static_cast<size_t>(status.st_size));
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) return errno;
  for (size_t filled = 0; filled < bytes.size();) {
    const ssize_t size = read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (size < 0 && errno != EINTR) return errno;
    if (size == 0) bytes.resize(filled);
    if (size > 0) filled += static_cast<size_t>(size);
  }
  if (options_.name.empty()) options_.name = NameOf(path);
  return OpenChecked({bytes.data(), bytes.size()}, scope);
}

int ObjectState::OpenBytes(ByteView bytes, LogCapture::Scope& scope) {
  if (bytes.size == 0) return EINVAL;
  // A copy: another thread may write to shared memory while libelf reads.
  const std::vector<uint8_t> copy(bytes.data, bytes.data + bytes.size);
  return OpenChecked({copy.data(), copy.size()}, scope);
}

int ObjectState::OpenChecked(ByteView bytes, LogCapture::Scope& scope) {
  const std::string problem = ProblemOfObject(bytes);
  if (!problem.empty()) {
    scope.Add(problem + "\n");
    return LIBBPF_ERRNO__FORMAT;
  }
  PrepareTypes(ReadRelocations(bytes));
  const bpf_object_open_opts opts = Opts();
  errno = 0;
  bpf_object* const object = bpf_object__open_mem(bytes.data, bytes.size, &opts);
  // libbpf takes the size of a damaged type for an error, and returns that as a pointer: no errno is so large.
  if (reinterpret_cast<intptr_t>(object) < 0) {
    scope.Add("its type information is damaged: a type has an impossible size");
    return LIBBPF_ERRNO__FORMAT;
  }
  return Adopt(object);
}

int ObjectState::Load(std::string& log) {
  LogCapture::Scope scope(log_);
  const int error = LoadIn(scope);
  log = scope.Text();
  excerpt_.reset();
  kernel_types_.reset();
  return error;
}

int ObjectState::LoadIn(LogCapture::Scope& scope) {
  if (excerpt_ != nullptr) {
    const int error = excerpt_->Write();
    if (error != 0) return error;
  }
  if (kernel_types_ == nullptr && AttachTarget::IsIn(object_.get())) kernel_types_ = KernelTypes::Of(KernelTypes::kUsualFile);
  const int error = AttachTarget::ResolveAll(object_.get(), attach_targets_, kernel_types_.get(), scope);
  if (error != 0) return error;
  CreateMapsWithShortKeys(object_.get());
  errno = 0;
  const int result = bpf_object__load(object_.get());
  return result == 0 ? 0 : ErrnoOf(result);
}

bool ObjectState::EndLoad(bool loaded) {
  phase_ = loaded ? Phase::kLoaded : Phase::kFailed;
  if (!close_wanted_) return true;
  Close();
  return false;
}

void ObjectState::Close() {
  close_wanted_ = true;
  if (phase_ == Phase::kLoading || phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  for (const auto& link : links_) link->Detach();
  links_.clear();
  for (const auto& map : maps_) map->Close();
  maps_.clear();
  LogCapture::Scope scope(log_);
  object_.reset();
}

bpf_program* ObjectState::FindProgram(const std::string& name) const {
  return bpf_object__find_program_by_name(object_.get(), name.c_str());
}

bpf_map* ObjectState::FindMap(const std::string& name) const {
  bpf_map* map;
  bpf_object__for_each_map(map, object_.get()) {
    if (name == bpf_map__name(map) || (bpf_map__is_internal(map) && name == SectionOf(map))) return map;
  }
  return nullptr;
}

void ObjectState::Own(const std::shared_ptr<LinkState>& link) {
  links_.erase(std::remove_if(links_.begin(), links_.end(), [](const auto& old) { return !old->attached(); }), links_.end());
  links_.push_back(link);
}

void ObjectState::Own(const std::shared_ptr<MapState>& map) {
  maps_.erase(std::remove_if(maps_.begin(), maps_.end(), [](const auto& old) { return old->closed(); }), maps_.end());
  maps_.push_back(map);
}

}  // namespace santabpf
