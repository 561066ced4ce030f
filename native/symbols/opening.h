#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "../descriptor.h"

namespace santabpf::symbols {

// Which file, and which version of it: `DEVICE:INODE:SIZE:MODIFIED:CHANGED`. Its owner can set the time of modification,
// but not that of the change.
std::string Identity(const struct stat& status);

// A directory of a process in /proc. It stays that of the process when its number is used again.
class ProcessFolder {
 public:
  // `proc` is the path of /proc. Check `valid`.
  ProcessFolder(const std::string& proc, int pid);

  bool valid() const { return folder_.valid(); }
  // The contents of one of its files, at most `limit` bytes; empty if it cannot be read.
  std::string Read(const char* name, size_t limit) const;
  // Opens one of its files for reading. Invalid if that is not allowed.
  Descriptor Open(const char* name) const;
  // Refers to a file, without opening it, by its path in the process's own mount namespace and root: symbolic links stay
  // in there, and links of /proc are refused. With `no_link` the last name may be no link. Invalid if there is none.
  Descriptor Find(const std::string& path, bool no_link) const;
  // Refers to a mapped file, also if it has been deleted. Needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN. `range` is
  // START-END as in `maps`.
  Descriptor FindMapped(const std::string& range) const;
  // Which file a link in the folder leads to, such as `ns/mnt`; zeroes if it cannot be read.
  struct stat Target(const char* name) const;

 private:
  Descriptor folder_;
};

// Opens a regular file for reading. Invalid for anything else: opening a device may act on it, a FIFO waits.
Descriptor OpenRegular(const Descriptor& found, uint64_t longest);

}  // namespace santabpf::symbols
