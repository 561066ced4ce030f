#pragma once

#include "table.h"

namespace santabpf::symbols {

// Reads the functions of an ELF file: its .symtab, else that of the debug file, else .dynsym and .gnu_debugdata.
// `debug` is a separate debug file or -1; it counts only with the same build-id. The files are other people's input: call
// it in a confined process. Throws std::runtime_error if the file is not a program or library.
Table ReadElf(int file, int debug);

// The functions of the vDSO of this process, which is that of every process of the same word size.
Table ReadVdso();

}  // namespace santabpf::symbols
