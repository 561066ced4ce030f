/** The files of a new probe. */
import type { Hook } from './hook.js';

export interface NewProbe {
  readonly name: string;
  readonly hook: Hook;
  /** The command that runs santabpf, for shells. */
  readonly program: string;
}

/** By file name. */
export type NewFiles = ReadonlyMap<string, { readonly text: string; readonly isProgram?: true }>;

/** A probe whose program is a script. */
export function scriptFiles(probe: NewProbe): NewFiles {
  const { name, hook } = probe;
  return new Map([
    [`${name}.yaml`, { text: hook.end === undefined ? countingScript(name, hook) : timingScript(name, hook) }],
    ...commonFiles(probe, hook.end !== undefined),
  ]);
}

/** A probe whose program is in C; `hook.section` is there. */
export function cFiles(probe: NewProbe): NewFiles {
  const { name, hook } = probe;
  return new Map([
    [`${name}.bpf.c`, { text: program(name, hook) }],
    [`${name}.yaml`, { text: counting(name, hook, '', 'labels: { command: { field: name } }') }],
    ...commonFiles(probe, false),
  ]);
}

function commonFiles(probe: NewProbe, isTimed: boolean): [string, { text: string; isProgram?: true }][] {
  const { name } = probe;
  return [
    ['santabpf.yaml', { text: `# The main file: this probe alone.\nprobes: [${name}]\nprobe_path: [.]\n` }],
    ['README.md', { text: readme(probe, isTimed) }],
    ['test.sh', { text: test(probe), isProgram: true }],
  ];
}

const what = (hook: Hook) => (hook.end === undefined ? `Events of ${hook.subject}` : `Calls of ${hook.subject}`);

function counting(name: string, hook: Hook, source: string, labels: string): string {
  return `probe: ${name}
summary: ${what(hook)}, by command.
${source}metrics:
  - name: ${name}_calls_total
    type: counter
    help: ${what(hook)}, by command.
    map: calls
    ${labels}
`;
}

function countingScript(name: string, hook: Hook): string {
  const script = `script: |
  ${hook.text} {
    @calls[pcomm] = count();
  }
`;
  return counting(name, hook, script, 'labels: [command]');
}

function timingScript(name: string, hook: Hook): string {
  const script = `script: |
  ${hook.text} { @start[tid] = nsecs; }
  ${hook.end} /has_key(@start, tid)/ {
    @calls[pcomm] = count();
    @duration[pcomm] = hist(nsecs - @start[tid]);
    delete(@start, tid);
  }
`;
  return `${counting(name, hook, script, 'labels: [command]')}  - name: ${name}_duration_seconds
    type: histogram
    help: Time from the beginning to the end of calls of ${hook.subject}, by command.
    map: duration
    unit: ns
    labels: [command]
`;
}

function program(name: string, hook: Hook): string {
  return `// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// ${what(hook)}, by command.
#include "santabpf.h"

PERCPU_HASH(calls, struct command, __u64, 1024);

SEC("${hook.section}")
int count_${name}(void *context)
{
	struct command command;
	__u64 *count;

	current_command(&command);
	count = lookup_or_try_init(calls, &command);
	if (count)
		add(count, 1);
	return 0;
}
`;
}

function readme({ name, hook, program }: NewProbe, isTimed: boolean): string {
  const duration = isTimed
    ? `| \`santabpf_${name}_duration_seconds\` | histogram | \`command\` | time from the beginning to the end of a call |\n`
    : '';
  return `# ${name}

${what(hook)}, measured at \`${hook.text}\`.

| Metric | Type | Labels | What it counts |
|---|---|---|---|
| \`santabpf_${name}_calls_total\` | counter | \`command\` | ${what(hook).toLowerCase()} |
${duration}
Run it, as root, in this folder:

\`\`\`sh
${program} --config.file=santabpf.yaml
\`\`\`

\`test.sh\` loads the probe and looks for its metric. Write what causes the event into its function \`work\`.
`;
}

function test({ name, program }: NewProbe): string {
  return `#!/bin/sh
# Loads the probe, does what it counts, and looks for its metric. Run it as root.
set -eu
cd "$(dirname "$0")"

# Replace this by a command that causes the event.
work() {
	sleep 2
}

: "\${SANTABPF:=${program}}"
: "\${PORT:=10226}"
url="http://127.0.0.1:$PORT/metrics"
log=$(mktemp)
$SANTABPF --config.file=santabpf.yaml --web.listen-address="127.0.0.1:$PORT" --log.format=json 2>"$log" &
exporter=$!
trap 'kill "$exporter" 2>/dev/null || true; rm -f "$log"' EXIT
until grep -q '"url"' "$log"; do
	if ! kill -0 "$exporter" 2>/dev/null; then
		cat "$log" >&2
		exit 1
	fi
	sleep 0.2
done
work
found=$($SANTABPF top ${name}_calls_total --url="$url" --interval=1) || found=
echo "$found"
if [ "$(echo "$found" | wc -l)" -gt 3 ]; then
	echo "passed"
else
	echo "failed: nothing was counted. Does the function work cause the event? Is the probe up?" >&2
	exit 1
fi
`;
}
