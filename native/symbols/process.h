#pragma once

#include <string>

#include "opening.h"

namespace santabpf::symbols {

// What /proc says of a process, as text for the exporter:
//   STARTTIME STAMP USER VIEW PERFMAP
//   IDENTITY START-END OFFSET PATH        for each executable mapping
// STAMP changes with every exec. VIEW is the same for processes that see the same files. PERFMAP is the identity of its perf map or `-`. IDENTITY is that of the mapped file, or
// `-` if there is none or it cannot be reached. PATH is as in `maps`. Without mappings if STAMP is `known`.
// Empty if the process is gone.
std::string DescribeProcess(const ProcessFolder& folder, const std::string& known);

// STAMP of a process; empty if the process is gone.
std::string StampOf(const ProcessFolder& folder);

// Refers to the file of a mapping, if it has the given identity.
Descriptor FindMappedFile(const ProcessFolder& folder, const std::string& range, const std::string& path,
                          const std::string& identity);

// Opens the perf map of a process: a regular file of the process's user, not older than the process, with no other name.
Descriptor OpenPerfMap(const ProcessFolder& folder);

}  // namespace santabpf::symbols
