/** What libbpf and the verifier wrote during a call, as a person reads it. */

const SHOWN_LINES = 12;
const LONGEST_SOURCE = 120;

/** Lines without information for a person: counts, register dumps, and libbpf's frame. */
const NOISE =
  /^(processed \d+ insns|verification time|stack depth|R\d+[=_]|libbpf: (?:failed to load object|prog '[^']*': failed to load))/;
/** libbpf's guess at the cause of a failure. It is wrong since Linux 5.11, which has no such limit for BPF. */
const MEMLOCK_HINT = /RLIMIT_MEMLOCK|ulimit -l|raise memlock/;

/** The last informative lines of the verifier's log, or of libbpf's log if the verifier wrote none. */
export function usefulLines(log: string): string {
  return informativeLines(framed(log) ?? log)
    .slice(-SHOWN_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** The line of the source that the verifier was at when it stopped, as an object with BTF knows it. The file is known since Linux 6.8. */
export function rejectedSource(
  log: string,
): { readonly file?: string; readonly line?: number; readonly text: string } | undefined {
  const last = [...(framed(log) ?? '').matchAll(/^; ?(.*?)(?: @ ([^\s@]+):(\d+))?$/gm)].at(-1);
  if (last === undefined) return undefined;
  const [, text = '', file, line] = last;
  const shown = text.length > LONGEST_SOURCE ? `${text.slice(0, LONGEST_SOURCE)}…` : text;
  return { text: shown.trim(), ...(file !== undefined && { file, line: Number(line) }) };
}

/** Whether the verifier looked at the program: a kernel that forbids programs of a kind writes that it processed nothing. */
export function hasVerifierLog(log: string): boolean {
  const text = framed(log);
  return text !== undefined && (informativeLines(text).length > 0 || !/^processed 0 insns/m.test(text));
}

/** The verifier's part of a log. */
function framed(log: string): string | undefined {
  return /-- BEGIN PROG LOAD LOG --\n([\s\S]*?)-- END PROG LOAD LOG --/.exec(log)?.[1];
}

function informativeLines(log: string): string[] {
  return log
    .split('\n')
    .map((line) => line.replace(/ Make sure your kernel supports BPF .*/, '').trimEnd())
    .filter((line) => line !== '' && !NOISE.test(line) && !MEMLOCK_HINT.test(line));
}
