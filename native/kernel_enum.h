#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "promise_work.h"

namespace santabpf {

// Reads the enumerators of a kernel enum. Resolves to an array of [name, value], or to undefined when the kernel has no
// such enum. Frees the kernel's BTF, several megabytes, at once.
class KernelEnumWork : public PromiseWork {
 public:
  // `btf_path` is a file with the kernel's BTF; empty for the running kernel's own.
  KernelEnumWork(Napi::Env env, std::string name, std::string btf_path);

 protected:
  int Run(std::string& log) override;
  Napi::Value Result() override;

 private:
  struct Enumerator {
    std::string name;
    uint64_t bits;
    bool is_signed;
  };

  const std::string name_;
  const std::string btf_path_;
  bool found_ = false;
  std::vector<Enumerator> enumerators_;
};

}  // namespace santabpf
