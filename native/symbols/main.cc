// The helper process of src/symbols: opens files of other processes and has confined workers parse them.
//
//   santabpf_symbols PROC      PROC is the path of /proc
//
// Requests are lines on standard input, answered in their order on standard output:
//   process PID STAMP                      what DescribeProcess says; STAMP is the last one known, or `-`
//   elf PID RANGE IDENTITY PATH            the table of a mapped file
//   debug PID BUILD_ID                     the identity of the debug file in the process's /usr/lib/debug
//   elf_with_debug PID BUILD_ID DEBUG_IDENTITY RANGE IDENTITY PATH
//                                          the table of a mapped file and its debug file
//   perfmap PID                            the table of its perf map
//   memory PID STAMP ADDRESS:LENGTH...     the bytes of these ranges one after the other, zeroes where they cannot be read
//   vdso                                   the table of the vDSO
// An answer has a header of four 32-bit numbers: the length of the payload, 0 or how it failed (1: the file cannot be
// parsed, 2: it cannot be opened; the payload is the reason then), the worker's CPU time in microseconds, 0.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <sstream>
#include <utility>

#include "confinement.h"
#include "elf_symbols.h"
#include "memory.h"
#include "perf_map.h"
#include "process.h"
#include "worker.h"

namespace santabpf::symbols {

namespace {

constexpr uint64_t kLongestElf = uint64_t{2} << 30;
constexpr size_t kLongestRequest = 16 << 10;

Outcome Failure(const char* reason) { return {{}, reason, 0, true}; }

Descriptor FindDebugFile(const ProcessFolder& folder, const std::string& build_id) {
  if (build_id.size() < 6 || build_id.find_first_not_of("0123456789abcdef") != std::string::npos) return {};
  return folder.Find("/usr/lib/debug/.build-id/" + build_id.substr(0, 2) + "/" + build_id.substr(2) + ".debug", false);
}

Outcome AnswerElf(const ProcessFolder& folder, const Descriptor& debug, std::istringstream& words) {
  std::string range, identity, path;
  words >> range >> identity;
  std::getline(words >> std::ws, path);
  const Descriptor file = OpenRegular(FindMappedFile(folder, range, path, identity), kLongestElf);
  if (!file.valid()) return Failure("cannot be opened");
  const int debug_file = debug.valid() ? 2 : -1;
  return RunWorker(file.get(), debug.get(), [debug_file] { return ReadElf(0, debug_file); });
}

Outcome AnswerDebug(const ProcessFolder& folder, std::istringstream& words) {
  std::string build_id;
  words >> build_id;
  struct stat status;
  const Descriptor file = FindDebugFile(folder, build_id);
  if (file.valid() && fstat(file.get(), &status) == 0) return {Identity(status), {}};
  Outcome none = Failure("none");
  none.unreachable = !folder.Find("/", false).valid();
  return none;
}

// The files are opened first: the process may put another one in the place of the one that it showed.
Outcome AnswerElfWithDebug(const ProcessFolder& folder, std::istringstream& words) {
  std::string build_id, identity;
  words >> build_id >> identity;
  struct stat status;
  const Descriptor debug = OpenRegular(FindDebugFile(folder, build_id), kLongestElf);
  if (!debug.valid() || fstat(debug.get(), &status) != 0 || Identity(status) != identity)
    return Failure("cannot be opened");
  return AnswerElf(folder, debug, words);
}

Outcome AnswerPerfMap(const ProcessFolder& folder) {
  const Descriptor file = OpenPerfMap(folder);
  if (!file.valid()) return Failure("cannot be opened");
  return RunWorker(file.get(), -1, [] { return ReadPerfMap(0); });
}

Outcome AnswerMemory(const ProcessFolder& folder, std::istringstream& words) {
  std::string stamp;
  words >> stamp;
  const ProcessMemory memory(folder);
  // The open file stays with the program that ran then.
  if (!memory.valid() || StampOf(folder) != stamp) return Failure("cannot be read");
  std::string bytes;
  for (std::string range; words >> range;) {
    if (!memory.Append(range, bytes)) return Failure("not a range");
  }
  return {std::move(bytes), {}};
}

Outcome Answer(const std::string& proc, const std::string& request) {
  std::istringstream words(request);
  std::string kind;
  words >> kind;
  if (kind == "vdso") return RunWorker(-1, -1, ReadVdso);
  int pid = 0;
  words >> pid;
  const ProcessFolder folder(proc, pid);
  if (pid <= 0 || !folder.valid()) return Failure("no such process");
  if (kind == "elf") return AnswerElf(folder, Descriptor(), words);
  if (kind == "elf_with_debug") return AnswerElfWithDebug(folder, words);
  if (kind == "debug") return AnswerDebug(folder, words);
  if (kind == "perfmap") return AnswerPerfMap(folder);
  if (kind == "memory") return AnswerMemory(folder, words);
  if (kind != "process") return Failure("unknown request");
  std::string known;
  words >> known;
  std::string description = DescribeProcess(folder, known);
  return description.empty() ? Failure("no such process") : Outcome{std::move(description), {}};
}

// Where memory is short, this process ends before the exporter.
void BeFirstToEnd() {
  const Descriptor file(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  // Without the file or the right to write it nothing changes.
  if (file.valid() && write(file.get(), "1000", 4) < 0) return;
}

bool WriteAll(const char* bytes, size_t length) {
  while (length > 0) {
    const ssize_t count = write(1, bytes, length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes += count;
    length -= static_cast<size_t>(count);
  }
  return true;
}

bool Send(const Outcome& outcome) {
  const bool failed = !outcome.error.empty();
  const std::string& payload = failed ? outcome.error : outcome.bytes;
  const uint32_t header[4] = {static_cast<uint32_t>(payload.size()), failed ? (outcome.unreachable ? 2U : 1U) : 0U, outcome.cpu_microseconds, 0};
  return WriteAll(reinterpret_cast<const char*>(header), sizeof(header)) && WriteAll(payload.data(), payload.size());
}

void Serve(const std::string& proc) {
  std::string waiting;
  char piece[4096];
  for (;;) {
    const ssize_t count = read(0, piece, sizeof(piece));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    waiting.append(piece, static_cast<size_t>(count));
    size_t start = 0;
    for (size_t end; (end = waiting.find('\n', start)) != std::string::npos; start = end + 1) {
      if (!Send(Answer(proc, waiting.substr(start, end - start)))) return;
    }
    waiting.erase(0, start);
    if (waiting.size() > kLongestRequest) return;
  }
}

}  // namespace

}  // namespace santabpf::symbols

int main(int count, char** words) {
  if (count != 2) return 2;
  santabpf::symbols::BeFirstToEnd();
  // The exporter may have ended before this process was bound to it: then the first read ends it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0) return 1;
  signal(SIGPIPE, SIG_IGN);
  santabpf::symbols::DropUnneededCapabilities();
  santabpf::symbols::Serve(words[1]);
  return 0;
}
