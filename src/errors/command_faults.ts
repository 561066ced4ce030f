import { entry } from './entry.js';

/** Faults of a command of `santabpf` beside the exporter itself. */
export const commandFaults = {
  OUTPUT_FAILED: entry(
    (p: { flag: string; path: string; reason: string }) => `Cannot write "${p.path}": ${p.reason}`,
    (p) => `Give --${p.flag} a file in an existing folder in which you may write.`,
  ),
  FOLDER_EXISTS: entry(
    (p: { folder: string }) => `"${p.folder}" is there already`,
    'Choose another folder: --output=FOLDER. Nothing was written.',
  ),
  FOLDER_WITHOUT_FILES: entry(
    (p: { folder: string; reason: string }) => `"${p.folder}" has no files of ebpf_exporter: ${p.reason}`,
    'Name the folder that ebpf_exporter has as --config.dir: it has a NAME.yaml and a NAME.bpf.o for each configuration.',
  ),
  BUILD_FAILED: entry(
    (p: { folder: string; problem: string }) => `The programs in "${p.folder}" were not compiled: ${p.problem}`,
    'Name a folder with files NAME.bpf.c that compile. docs/writing-a-probe.md has some, and says what each line of them does.',
  ),
  COMPILER_MISSING: entry(
    (p: { folder: string }) => `The programs in "${p.folder}" were not compiled: this host has no clang`,
    'Install clang, or write a script instead, which needs no compiler: santabpf new NAME --hook=HOOK, without --c.',
  ),
  METRICS_UNREADABLE: entry(
    (p: { url: string; problem: string }) => `No metrics can be read from ${p.url}: ${p.problem}`,
    'Start the exporter, or give its address: --url=http://HOST:10225/metrics.',
  ),
  METRIC_UNKNOWN: entry(
    (p: { name: string; url: string; nearest: string | undefined }) => `The page ${p.url} has no metric "${p.name}"`,
    (p) =>
      p.nearest === undefined ? 'Run santabpf top without a metric for a list of them.' : `Did you mean ${p.nearest}?`,
  ),
};
