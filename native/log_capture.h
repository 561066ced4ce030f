#pragma once

#include <bpf/libbpf.h>

#include <mutex>
#include <string>
#include <string_view>

namespace santabpf {

// Text of bounded size. When it grows too long, its beginning and its end are kept.
class BoundedText {
 public:
  void Append(std::string_view text);
  std::string Text() const;

 private:
  std::string head_;
  std::string tail_;
  size_t left_out_ = 0;
};

// The messages of libbpf and the verifier about one object.
//
// libbpf has one print callback per process. Ours finds the log through a thread-local scope around each call into libbpf;
// messages outside a scope are dropped.
class LogCapture {
 public:
  explicit LogCapture(libbpf_print_level level) : level_(level) {}

  // Sets libbpf's callback. Idempotent.
  static void Install();

  // Everything so far. May be called while another thread is writing.
  std::string Text() const;

  // Captures the messages of the current thread while it lives.
  class Scope {
   public:
    explicit Scope(LogCapture& log);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    // Adds a message of our own.
    void Add(std::string_view message) { text_.Append(message); }
    // The messages in this scope.
    std::string Text() const { return text_.Text(); }

   private:
    friend class LogCapture;
    LogCapture& log_;
    Scope* const outer_;
    BoundedText text_;
  };

 private:
  static int Print(libbpf_print_level level, const char* format, va_list arguments);
  static thread_local Scope* current_;

  const libbpf_print_level level_;
  mutable std::mutex mutex_;
  BoundedText text_;
};

}  // namespace santabpf
