#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace santabpf {

// Reads the enumerators of an enum of the kernel on a thread of the pool and settles a promise: with an array of
// [name, value], or with undefined where the kernel has no such enum. The kernel's BTF, megabytes, is freed at once.
class KernelEnumWork : public Napi::AsyncWorker {
 public:
  // Starts the work. `btf_path` is a file with the kernel's BTF; empty for the kernel's own.
  static Napi::Promise Start(Napi::Env env, std::string name, std::string btf_path);

  KernelEnumWork(Napi::Env env, std::string name, std::string btf_path);

 protected:
  void Execute() override;
  void OnOK() override;
  void OnError(const Napi::Error& error) override;

 private:
  struct Enumerator {
    std::string name;
    uint64_t bits;
    bool is_signed;
  };

  Napi::Promise::Deferred deferred_;
  const std::string name_;
  const std::string btf_path_;
  bool found_ = false;
  std::vector<Enumerator> enumerators_;
  int error_ = 0;
  std::string log_;
};

}  // namespace santabpf
