#include "opening.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>

namespace santabpf::symbols {

namespace {

int OpenIn(int root, const char* path, uint64_t flags, uint64_t resolve) {
  open_how how = {};
  how.flags = flags;
  how.resolve = resolve;
  return static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof(how)));
}

std::string Nanoseconds(const timespec& time) {
  return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec);
}

}  // namespace

std::string Identity(const struct stat& status) {
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + ":" + std::to_string(status.st_size) +
         ":" + Nanoseconds(status.st_mtim) + ":" + Nanoseconds(status.st_ctim);
}

ProcessFolder::ProcessFolder(const std::string& proc, int pid)
    : folder_(open((proc + "/" + std::to_string(pid)).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

Descriptor ProcessFolder::Open(const char* name) const {
  return Descriptor(openat(folder_.get(), name, O_RDONLY | O_CLOEXEC));
}

std::string ProcessFolder::Read(const char* name, size_t limit) const {
  const Descriptor file = Open(name);
  std::string text(limit, '\0');
  size_t length = 0;
  while (file.valid() && length < limit) {
    const ssize_t count = read(file.get(), text.data() + length, limit - length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    length += static_cast<size_t>(count);
  }
  text.resize(length);
  return text;
}

Descriptor ProcessFolder::Find(const std::string& path, bool no_link) const {
  const Descriptor root(openat(folder_.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return {};
  const uint64_t flags = O_PATH | O_CLOEXEC | (no_link ? O_NOFOLLOW : 0);
  return Descriptor(OpenIn(root.get(), path.c_str(), flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS));
}

Descriptor ProcessFolder::FindMapped(const std::string& range) const {
  return Descriptor(openat(folder_.get(), ("map_files/" + range).c_str(), O_PATH | O_CLOEXEC));
}

struct stat ProcessFolder::Target(const char* name) const {
  struct stat status = {};
  if (fstatat(folder_.get(), name, &status, 0) != 0) status = {};
  return status;
}

Descriptor OpenRegular(const Descriptor& found, uint64_t longest) {
  struct stat status;
  if (!found.valid() || fstat(found.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<uint64_t>(status.st_size) > longest)
    return {};
  const std::string again = "/proc/self/fd/" + std::to_string(found.get());
  return Descriptor(open(again.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace santabpf::symbols
