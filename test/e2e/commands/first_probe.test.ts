import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mainFile } from '../../harness/exporter.js';
import { repository } from '../../harness/reachable_copy.js';
import { needs } from '../../harness/requirements.js';
import { Scrape } from '../probes.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-first-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The commands of docs/first-probe.md, in their order. */
function commandsOfPage(): string[] {
  const page = readFileSync(join(repository, 'docs/first-probe.md'), 'utf8');
  return [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!.trim());
}

/** Calls fsync this many times as the command `walker`. */
function fsync(times: number): void {
  const program = `import os\nopen('/proc/self/comm','w').write('walker')\nf=os.open('${folder}/x',os.O_CREAT|os.O_WRONLY)\nfor i in range(${times}): os.fsync(f)\n`;
  const { status, stderr } = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

describe(
  'docs/first-probe.md',
  needs({ root: true, bpf: true, commands: ['unshare', 'nsenter', 'python3', 'curl'] }),
  () => {
    it('leads from a question to a metric by its commands alone', async () => {
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'santabpf'), `#!/bin/sh\nexec ${process.execPath} ${mainFile} "$@"\n`);
      chmodSync(join(bin, 'santabpf'), 0o755);
      // All commands see a mount namespace of their own, in which the page mounts tracefs.
      const holder = spawn('unshare', ['-m', 'sh', '-c', 'echo ready; exec sleep 300'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      const inside = (text: string) => ['-t', String(holder.pid), '-m', 'sh', '-c', `cd ${folder} && ${text}`];
      const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, CACHE_DIRECTORY: join(folder, 'cache') };
      const run = (text: string) => {
        const { status, stdout, stderr } = spawnSync('nsenter', inside(text), {
          encoding: 'utf8',
          env,
          timeout: 60_000,
        });
        return { status, stdout, stderr };
      };
      const [doctor, mount, list, count, write, plan, serve, curl, top, dashboard, ...rest] = commandsOfPage();
      expect(rest).toEqual([]);
      let exporter: ReturnType<typeof spawn> | undefined;
      try {
        expect(run(doctor!).stdout).toMatch(/tracefs/);
        expect(run(mount!).status).toBe(0);
        expect(run(list!).stdout).toMatch(/tracepoint:syscalls:sys_enter_fsync +unsigned int fd/);
        const counted = run(count!.replace('5s', '500ms'));
        expect(counted.stdout).toMatch(/tracepoint:syscalls:sys_enter_fsync +\d+ events/);
        expect(counted.stdout).toContain("Next: santabpf new fsync --hook='tracepoint:syscalls:sys_enter_fsync'");
        const written = run(write!);
        expect(written).toMatchObject({ status: 0, stderr: '' });
        expect(run(plan!.replace('=5', '=1')).stdout).toMatch(/^ {2}fsync +up /m);
        // Another port than the page's may be in use by an exporter of this machine.
        const started = spawn('nsenter', inside(`exec ${serve!.replace(':10225', ':0')} --log.format=json`), { env });
        exporter = started;
        const url = await new Promise<string>((resolve, reject) => {
          let log = '';
          started.stderr.on('data', (data: Buffer) => {
            log += data.toString();
            const [, found] = /"url":"([^"]+)"/.exec(log) ?? [];
            if (found) resolve(found);
          });
          started.once('close', () => reject(new Error(log)));
        });
        const here = (text: string) => text.replace('http://127.0.0.1:10225', url);
        fsync(7);
        expect(run(here(curl!)).stdout).toContain('santabpf_fsync_calls_total');
        const scrape = new Scrape(await (await fetch(`${url}/metrics`)).text());
        expect(scrape.value('fsync_calls_total', { command: 'walker' })).toBe(7);
        expect(scrape.value('fsync_duration_seconds_count', { command: 'walker' })).toBe(7);
        expect(run(`${top!} --url=${url}/metrics`).stdout).toMatch(/walker/);
        expect(run(dashboard!)).toMatchObject({ status: 0, stderr: '' });
        expect(readFileSync(join(folder, 'fsync.json'), 'utf8')).toContain('santabpf_fsync_duration_seconds_bucket');
      } finally {
        exporter?.kill();
        holder.kill();
      }
    });
  },
);
