#include "log_capture.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <exception>

namespace santabpf {
namespace {

constexpr size_t kHeadSize = 1 << 20;
constexpr size_t kTailSize = 3 << 20;

}  // namespace

void BoundedText::Append(std::string_view text) {
  const size_t fits = std::min(text.size(), kHeadSize - head_.size());
  head_.append(text.substr(0, fits));
  text.remove_prefix(fits);
  if (text.empty()) return;
  if (text.size() > kTailSize) {
    left_out_ += tail_.size() + text.size() - kTailSize;
    tail_.clear();
    text.remove_prefix(text.size() - kTailSize);
  }
  tail_.append(text);
  // Cut rarely: removing the front of a string moves the rest.
  if (tail_.size() > 2 * kTailSize) {
    left_out_ += tail_.size() - kTailSize;
    tail_.erase(0, tail_.size() - kTailSize);
  }
}

std::string BoundedText::Text() const {
  const size_t cut = tail_.size() > kTailSize ? tail_.size() - kTailSize : 0;
  const size_t left_out = left_out_ + cut;
  std::string text = head_;
  if (left_out > 0) text += "\n[... " + std::to_string(left_out) + " bytes left out ...]\n";
  text.append(tail_, cut, std::string::npos);
  return text;
}

thread_local LogCapture::Scope* LogCapture::current_ = nullptr;

void LogCapture::Install() {
  static std::once_flag once;
  std::call_once(once, [] { libbpf_set_print(&LogCapture::Print); });
}

std::string LogCapture::Text() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return text_.Text();
}

int LogCapture::Print(libbpf_print_level level, const char* format, va_list arguments) {
  Scope* const scope = current_;
  if (scope == nullptr || level > scope->log_.level_) return 0;
  // libbpf is C, so no exception may pass through it. Without memory the message is lost.
  try {
    va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (length <= 0) return 0;
    std::string message(static_cast<size_t>(length) + 1, '\0');
    std::vsnprintf(message.data(), message.size(), format, arguments);
    message.pop_back();
    scope->text_.Append(message);
    return length;
  } catch (const std::exception&) {
    return 0;
  }
}

LogCapture::Scope::Scope(LogCapture& log) : log_(log), outer_(current_) { current_ = this; }

LogCapture::Scope::~Scope() {
  current_ = outer_;
  try {
    const std::lock_guard<std::mutex> lock(log_.mutex_);
    log_.text_.Append(text_.Text());
  } catch (const std::exception&) {
    // A destructor must not throw. Without memory the messages are lost.
  }
}

}  // namespace santabpf
