#include "worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstring>
#include <exception>

#include "../descriptor.h"
#include "confinement.h"

namespace santabpf::symbols {

namespace {

constexpr uint32_t kCpuSeconds = 5;
constexpr int64_t kWaitMs = 10'000;
constexpr uint64_t kMemoryBytes = uint64_t{256} << 20;
// The first byte of an answer.
constexpr char kTable = 'T';
constexpr char kError = 'E';

int64_t NowMs() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

uint64_t SizeOf(int file) {
  struct stat status;
  return file >= 0 && fstat(file, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

void WriteAll(const std::string& bytes) {
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = write(1, bytes.data() + written, bytes.size() - written);
    if (count <= 0) _exit(1);
    written += static_cast<size_t>(count);
  }
}

// Moves the descriptors to 0, 1 and 2. They may lie there already, but not in the wrong order: the caller's are above.
void PlaceDescriptors(int file, int out, int debug) {
  for (int fd = 0; fd < 3; fd++) close(fd);
  if (file >= 0) dup2(file, 0);
  dup2(out, 1);
  if (debug >= 0) dup2(debug, 2);
}

[[noreturn]] void Work(int file, int debug, int out, int parent, const std::function<Table()>& parse) {
  const uint64_t file_bytes = SizeOf(file) + SizeOf(debug);
  PlaceDescriptors(file, out, debug);
  if (!Confine({kCpuSeconds, file_bytes, kMemoryBytes}, parent)) _exit(2);
  std::string answer;
  try {
    answer = kTable + parse().Serialized();
  } catch (const std::exception& error) {
    answer = kError + std::string(error.what());
  }
  WriteAll(answer);
  _exit(0);
}

// Reads until the end. False if it takes too long or is too much.
bool ReadAnswer(int in, std::string& answer) {
  const int64_t deadline = NowMs() + kWaitMs;
  std::string buffer(256 << 10, '\0');
  for (;;) {
    pollfd waiting = {in, POLLIN, 0};
    const int64_t left = deadline - NowMs();
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) <= 0) return false;
    const ssize_t count = read(in, buffer.data(), buffer.size());
    if (count == 0) return true;
    if (count < 0 || answer.size() + static_cast<size_t>(count) > Table::kMaximumBytes + 1) return false;
    answer.append(buffer, 0, static_cast<size_t>(count));
  }
}

std::string Ending(int status) {
  if (WIFSIGNALED(status)) return std::string("ended by signal ") + strsignal(WTERMSIG(status));
  return "ended with code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Outcome RunWorker(int file, int debug, const std::function<Table()>& parse) {
  Outcome outcome;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {{}, std::string("pipe: ") + strerror(errno), 0, true};
  const Descriptor in(ends[0]);
  Descriptor out(ends[1]);
  const int parent = getpid();
  const pid_t child = fork();
  if (child < 0) return {{}, std::string("fork: ") + strerror(errno), 0, true};
  if (child == 0) Work(file, debug, out.get(), parent, parse);
  out.Reset();

  std::string answer;
  const bool in_time = ReadAnswer(in.get(), answer);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  rusage usage = {};
  while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  outcome.cpu_microseconds =
      static_cast<uint32_t>((usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
                            usage.ru_stime.tv_usec);
  if (!in_time) {
    outcome.error = "too slow or too large";
  } else if (answer.empty() || status != 0) {
    outcome.error = Ending(status);
  } else if (answer[0] == kTable) {
    outcome.bytes = std::move(answer);
    outcome.bytes.erase(0, 1);
  } else {
    outcome.error = answer.substr(1, 200);
  }
  return outcome;
}

}  // namespace santabpf::symbols
