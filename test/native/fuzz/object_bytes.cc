// libFuzzer target: checks the bytes of an object file, or of its type information alone. libbpf opens every object that passes.
#include <bpf/libbpf.h>

#include <cstdint>
#include <string>

#include "object_check/btf_check.h"
#include "object_check/elf_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  libbpf_set_print(nullptr);
  santabpf::ProblemOfTypes({bytes, size});
  if (!santabpf::ProblemOfObject({bytes, size}).empty()) return 0;
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "fuzzed");
  bpf_object* const object = bpf_object__open_mem(bytes, size, &options);
  // A negative pointer is an error that is no errno: see native/object_state.cc.
  if (reinterpret_cast<intptr_t>(object) > 0) bpf_object__close(object);
  return 0;
}
