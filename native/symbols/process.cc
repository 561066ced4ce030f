#include "process.h"

#include <time.h>
#include <unistd.h>

#include <map>
#include <sstream>
#include <vector>

#include "perf_map.h"

namespace santabpf::symbols {

namespace {

constexpr size_t kLongestMaps = 4 << 20;
constexpr size_t kMostMappings = 1024;

// Fields of `stat` by their number in proc(5), from the third on.
std::vector<std::string> StatFields(const ProcessFolder& folder) {
  const std::string text = folder.Read("stat", 4096);
  // The command may hold anything, also a parenthesis.
  const size_t command_end = text.rfind(')');
  std::vector<std::string> fields(3);
  if (command_end == std::string::npos) return fields;
  std::istringstream rest(text.substr(command_end + 1));
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

std::string Field(const std::vector<std::string>& fields, size_t number) {
  return number < fields.size() ? fields[number] : "0";
}

// Each exec places code and stack anew.
std::string Stamp(const std::vector<std::string>& fields) {
  return Field(fields, 22) + "." + Field(fields, 26) + "." + Field(fields, 28);
}

// The last number of the line `name` of `status`.
std::string StatusLine(const std::string& status, const std::string& name) {
  const size_t start = status.find("\n" + name + ":");
  if (start == std::string::npos) return {};
  const size_t end = status.find('\n', start + 1);
  return status.substr(start + name.size() + 2, end - start - name.size() - 2);
}

// The effective user, who owns the files that the process makes.
std::string UserOf(const std::string& status) {
  std::istringstream line(StatusLine(status, "Uid"));
  std::string real, effective;
  line >> real >> effective;
  return effective.empty() ? "-" : effective;
}

// The process's own number, in its innermost PID namespace.
std::string OwnPid(const std::string& status) {
  std::istringstream line(StatusLine(status, "NSpid"));
  std::string last;
  for (std::string number; line >> number;) last = number;
  return last;
}

// When the process started, in seconds since 1970.
int64_t StartSeconds(const std::vector<std::string>& fields) {
  timespec now = {};
  timespec since_boot = {};
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  const int64_t ticks = atoll(Field(fields, 22).c_str());
  return now.tv_sec - since_boot.tv_sec + ticks / sysconf(_SC_CLK_TCK);
}

Descriptor FindPerfMap(const ProcessFolder& folder, const std::string& status, const std::vector<std::string>& fields,
                       struct stat& found) {
  Descriptor file = folder.Find("/tmp/perf-" + OwnPid(status) + ".map", true);
  // One left by an earlier process of the same number names other code. Two seconds: the clocks are rounded.
  if (file.valid() && fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode) && found.st_nlink == 1 &&
      std::to_string(found.st_uid) == UserOf(status) && found.st_size <= static_cast<off_t>(kLongestPerfMap) &&
      found.st_mtim.tv_sec + 2 >= StartSeconds(fields))
    return file;
  return {};
}

struct MapsLine {
  std::string range, permissions, offset, device, path;
  uint64_t inode = 0;
};

bool Parse(const std::string& line, MapsLine& parsed) {
  std::istringstream words(line);
  if (!(words >> parsed.range >> parsed.permissions >> parsed.offset >> parsed.device >> parsed.inode)) return false;
  std::getline(words >> std::ws, parsed.path);
  return true;
}

// Text of `maps` writes a line feed in a path as \012.
std::string Unescaped(std::string path) {
  for (size_t at = path.find("\\012"); at != std::string::npos; at = path.find("\\012", at + 1)) path.replace(at, 4, "\n");
  return path;
}

Descriptor FindFile(const ProcessFolder& folder, const std::string& range, const std::string& path, uint64_t inode,
                    struct stat& found) {
  Descriptor file = folder.FindMapped(range);
  if (!file.valid()) file = folder.Find(Unescaped(path), false);
  // Another file may have the path by now. The device is not compared: btrfs and overlayfs show two for one file.
  if (!file.valid() || fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_ino != inode) return {};
  return file;
}

void DescribeMappings(const ProcessFolder& folder, std::string& text) {
  std::istringstream lines(folder.Read("maps", kLongestMaps));
  std::map<std::string, std::string> identities;
  size_t count = 0;
  for (std::string line; std::getline(lines, line) && count < kMostMappings;) {
    MapsLine mapping;
    if (!Parse(line, mapping) || mapping.permissions.size() < 3 || mapping.permissions[2] != 'x') continue;
    count++;
    std::string identity = "-";
    if (mapping.path[0] == '/' && mapping.inode != 0) {
      const auto [known, is_new] = identities.try_emplace(mapping.device + std::to_string(mapping.inode), "-");
      struct stat status;
      if (is_new && FindFile(folder, mapping.range, mapping.path, mapping.inode, status).valid())
        known->second = Identity(status);
      identity = known->second;
    }
    text += "\n" + identity + " " + mapping.range + " " + mapping.offset + " " + mapping.path;
  }
}

}  // namespace

std::string StampOf(const ProcessFolder& folder) {
  const std::vector<std::string> fields = StatFields(folder);
  return fields.size() < 29 ? std::string() : Stamp(fields);
}

std::string DescribeProcess(const ProcessFolder& folder, const std::string& known) {
  const std::vector<std::string> fields = StatFields(folder);
  const std::string status = folder.Read("status", 16384);
  if (fields.size() < 29 || status.empty()) return {};
  const std::string stamp = Stamp(fields);
  const struct stat name_space = folder.Target("ns/mnt");
  struct stat perf_map;
  const std::string map = FindPerfMap(folder, status, fields, perf_map).valid() ? Identity(perf_map) : "-";
  const struct stat root = folder.Target("root");
  const std::string view = std::to_string(name_space.st_ino) + "." + std::to_string(root.st_dev) + "." +
                           std::to_string(root.st_ino);
  std::string text = Field(fields, 22) + " " + stamp + " " + UserOf(status) + " " + view + " " + map;
  if (stamp != known) DescribeMappings(folder, text);
  return text;
}

Descriptor FindMappedFile(const ProcessFolder& folder, const std::string& range, const std::string& path,
                          const std::string& identity) {
  struct stat status;
  const size_t inode = identity.find(':');
  if (inode == std::string::npos) return {};
  Descriptor file = FindFile(folder, range, path, strtoull(identity.c_str() + inode + 1, nullptr, 10), status);
  return file.valid() && Identity(status) == identity ? std::move(file) : Descriptor();
}

Descriptor OpenPerfMap(const ProcessFolder& folder) {
  struct stat status;
  return OpenRegular(FindPerfMap(folder, folder.Read("status", 16384), StatFields(folder), status), kLongestPerfMap);
}

}  // namespace santabpf::symbols
