import { attachYaml, listOf, suggestion } from './clauses.js';
import { entry } from './entry.js';

/** What is wrong with a BPF object as a whole, or with one of its programs. */
export const programFaults = {
  OBJECT_NOT_FOUND: entry(
    (p: { probe: string; searched: readonly string[] }) =>
      `Probe "${p.probe}" has no BPF object: there is no file ${p.searched.map((path) => `"${path}"`).join(' or ')}`,
    'Compile the program (npm run build), or give the path of the object with "object:" in the probe file.',
  ),
  OBJECT_INVALID: entry(
    (p: { path: string; reason: string }) => `"${p.path}" is not a usable BPF object: ${p.reason}`,
    (p) =>
      p.reason.includes("'maps' section")
        ? 'Declare its maps as `struct { __uint(type, BPF_MAP_TYPE_HASH); ... } NAME SEC(".maps")`, and compile it again.'
        : 'Compile it with clang -target bpf -g -O2.',
  ),
  PROBE_FAILED: entry(
    (p: { probe: string; reason: string }) => `Probe "${p.probe}" failed because of a bug in SantaBPF: ${p.reason}`,
    'Please report it with the log at --log.level=debug.',
  ),
  PROBE_LATE: entry(
    (p: { probe: string; seconds: number }) =>
      `Probe "${p.probe}" is left out of this scrape: reading it takes longer than its deadline of ${p.seconds} s`,
    'Raise `probe_deadline` in the main file, or switch the probe off; /probes shows how long each probe takes.',
  ),
  PROBE_SUSPENDED: entry(
    (p: { probe: string; share: string; limit: string; total: string | undefined; until: string }) =>
      p.total === undefined
        ? `Probe "${p.probe}" is suspended: it cost ${p.share} of one CPU in the last minute, and its budget is ${p.limit}`
        : `Probe "${p.probe}" is suspended: all BPF programs cost ${p.total} of one CPU in the last minute, and the budget is ${p.limit}. This probe cost most: ${p.share}`,
    (p) =>
      `It is tried again at ${p.until}. To keep it, raise \`percent_of_one_cpu\` of the budget, or set \`budget: none\` for the probe.`,
  ),
  PROGRAM_UNKNOWN: entry(
    (p: { program: string; known: readonly string[]; nearest: string | undefined }) =>
      `The object has no program "${p.program}"; ${listOf(p.known)}`,
    (p) => suggestion(p.nearest) ?? 'Use the name of a program of the object.',
  ),
  PROGRAM_SECTION_UNKNOWN: entry(
    (p: { program: string; section: string }) =>
      `The section "${p.section}" of program "${p.program}" does not say what kind of program it is`,
    (p) =>
      `Say it in the probe file, for example ${attachYaml(p.program, '{ type: xdp, interfaces: [eth0] }')}, or leave the program out: ${attachYaml(p.program, '{ skip: true }')}.`,
  ),
  PROGRAM_NOT_ATTACHABLE: entry(
    (p: { program: string; section: string; reason: string }) =>
      `Program "${p.program}" (${p.section}) cannot be attached: ${p.reason}`,
    (p) => `Leave it out: ${attachYaml(p.program, '{ skip: true }')}.`,
  ),
  HOOK_INCOMPLETE: entry(
    (p: { program: string; section: string; what: string; example: string }) =>
      `Program "${p.program}" (${p.section}) is incomplete: nothing says ${p.what}`,
    (p) =>
      p.example === ''
        ? `Name it in the section of the program, or leave the program out: ${attachYaml(p.program, '{ skip: true }')}.`
        : `Add it to the probe file, for example ${attachYaml(p.program, p.example)}. docs/hooks.md has all settings.`,
  ),
  HOOK_SETTING_UNSUITABLE: entry(
    (p: { program: string; section: string; kind: string; setting: string; settings: readonly string[] }) =>
      `Setting "${p.setting}" does not fit program "${p.program}" (${p.section}), which is a ${p.kind} program`,
    (p) =>
      p.settings.length === 0
        ? 'Remove it: the section says all about the hook.'
        : `Programs of this kind have ${p.settings.map((name) => `\`${name}\``).join(', ')}; docs/hooks.md describes them.`,
  ),
  PROGRAMS_OVERLAP: entry(
    (p: { hook: string; programs: readonly string[] }) =>
      `Programs ${p.programs.map((name) => `"${name}"`).join(', ')} have the same hook "${p.hook}", so events would be counted more than once`,
    (p) =>
      `List those that replace each other, best first: \`programs: { alternatives: [[${p.programs.slice(0, 2).join(', ')}]] }\`. Leave others out: ${attachYaml(p.programs.at(-1)!, '{ skip: true }')}.`,
  ),
  PROGRAM_NOT_ITERATOR: entry(
    (p: { program: string; section: string }) =>
      `Program "${p.program}" is listed under "iterators" but is not an iterator: its section is "${p.section}"`,
    'Remove it from the list. Only programs in a section "iter/..." or "syscall" run at every scrape; others run when their hook is reached.',
  ),
  ITERATOR_MAP_UNSUITABLE: entry(
    (p: { program: string; section: string }) =>
      p.section.endsWith('/bpf_map_elem')
        ? `Iterator "${p.program}" (${p.section}) has no map to visit`
        : `Iterator "${p.program}" (${p.section}) visits no map, but has the setting "over"`,
    (p) =>
      p.section.endsWith('/bpf_map_elem')
        ? `Name the map whose entries it visits: \`programs: { iterators: [{ program: ${p.program}, over: NAME }] }\`.`
        : 'Remove `over`: only programs in the section "iter/bpf_map_elem" visit the entries of a map.',
  ),
} as const;
