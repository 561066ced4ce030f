import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mainFile } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';

const page = readFileSync(new URL('../../../docs/first-probe.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text.trim());
const yaml = /^```yaml\n(.*?)^```$/ms.exec(page)![1]!;

describe('docs/first-probe.md', needs({ root: true, bpf: true, commands: ['unshare'] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-first-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('leads from the question to a metric, its cost and a dashboard', { timeout: 240_000 }, async () => {
    const [, doctor, mount, hooks, create, plan, serve, look, dashboard] = blocks as [string, ...string[]] & string[];
    const address = '127.0.0.1:10397';
    // The page's function, with the program of this build, and an address of loopback.
    const script = `
santabpf() { '${process.execPath}' '${mainFile}' "$@"; }
${mount} || exit 1
echo "== doctor"; ${doctor}
echo "== hooks"; ${hooks}
echo "== new"; ${create}
echo "== plan"; ${plan} --seconds=2
echo "== serve"; ${serve} --web.listen-address=${address} 2>log &
for i in $(seq 300); do grep -q 'Metrics are at' log && break; sleep 0.2; done
${look!.replace('/tmp/file', 'file').replaceAll(/^santabpf top .*$/gm, (line) => `echo "== top"; ${line} --url=http://${address}/metrics`)}
echo "== dashboard"; ${dashboard}
pkill -P $! ; kill $! ; wait`;
    const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script], { cwd: folder });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.once('exit', resolve));
    const parts = new Map(output.split(/^== /m).map((part) => [part.slice(0, part.indexOf('\n')), part]));
    expect(parts.get('doctor')).toContain('tracefs');
    expect(parts.get('hooks')).toContain('tracepoint:syscalls:sys_enter_fsync');
    expect(parts.get('new'), output).toContain('fsync/fsync.yaml');
    expect(readFileSync(join(folder, 'fsync/fsync.yaml'), 'utf8')).toContain(yaml);
    expect(parts.get('plan')).toMatch(/^ {2}fsync +up /m);
    const tops = output.split('== top\n').slice(1);
    expect(tops[0], output).toMatch(/^ *0\/s +1 {2}dd$/m);
    expect(tops[1]).toMatch(/P99 <= {2}COMMAND\n.*dd$/m);
    const file = join(folder, 'fsync.json');
    expect(existsSync(file), output).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('santabpf_fsync_duration_seconds_bucket');
    expect(spawnSync('pgrep', ['-f', `config.file=fsync/santabpf.yaml --web.listen-address=${address}`]).status).toBe(
      1,
    );
  });
});
