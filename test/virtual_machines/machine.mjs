/** One virtual machine: boots a kernel under software emulation, runs a script in the host's files, powers off. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Tools
 * @property {Program} qemu qemu-system-x86_64
 * @property {Program} virtiofsd
 * @property {readonly string[]} firmware folders with QEMU's data, besides its own
 *
 * @typedef {{ command: string; environment: NodeJS.ProcessEnv }} Program
 */

/**
 * @typedef {object} Outcome
 * @property {number | undefined} code exit code of the script; undefined when the machine did not get that far
 * @property {string} output what the script printed
 * @property {string} console what the kernel and the script's standard error printed
 * @property {number} seconds
 */

/**
 * @param {object} options
 * @param {Tools} options.tools
 * @param {string} options.kernel path of the image
 * @param {Buffer} options.initramfs with the script
 * @param {string} options.root folder that becomes the machine's root
 * @param {number} options.patience seconds until it is switched off
 * @returns {Promise<Outcome>}
 */
export async function boot({ tools, kernel, initramfs, root, patience }) {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-vm-'));
  const begin = Date.now();
  const path = (/** @type {string} */ name) => join(folder, name);
  writeFileSync(path('initramfs'), initramfs);
  const daemon = spawn(
    tools.virtiofsd.command,
    [
      `--socket-path=${path('fs')}`,
      '-o',
      `source=${root}`,
      '-o',
      'cache=always',
      '-o',
      'sandbox=chroot',
      '--rlimit-nofile=0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...tools.virtiofsd.environment } },
  );
  let chatter = '';
  daemon.stderr.on('data', (chunk) => {
    chatter += chunk;
  });
  const daemonEnd = ended(daemon);
  try {
    if (!(await appears(path('fs'), daemonEnd)))
      throw new Error(`Expected virtiofsd to serve files but it said: ${chatter}`);
    const machine = spawn(
      tools.qemu.command,
      [
        ...tools.firmware.flatMap((data) => ['-L', data]),
        ...['-accel', 'tcg,thread=multi', '-M', 'q35', '-cpu', 'max', '-smp', '2', '-m', '2048'],
        ...['-nodefaults', '-display', 'none', '-no-reboot', '-kernel', kernel, '-initrd', path('initramfs')],
        ...['-object', 'memory-backend-memfd,id=memory,size=2048M,share=on', '-numa', 'node,memdev=memory'],
        ...['-chardev', `socket,id=fs,path=${path('fs')}`, '-device', 'vhost-user-fs-pci,chardev=fs,tag=host'],
        ...['-serial', `file:${path('console')}`, '-serial', `file:${path('output')}`],
        ...['-append', 'console=ttyS0 panic=-1 oops=panic quiet'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...tools.qemu.environment } },
    );
    let complaints = '';
    machine.stderr.on('data', (chunk) => {
      complaints += chunk;
    });
    const machineEnd = ended(machine);
    const late = sleep(patience * 1000, 'late', { ref: false });
    if ((await Promise.race([machineEnd, late])) === 'late') {
      machine.kill('SIGKILL');
      await machineEnd;
      complaints += `switched off after ${patience} s\n`;
    }
    const text = read(path('output'));
    const end = /^exit (\d+)\s*$(?![\s\S])/m.exec(text);
    return {
      code: end === null ? undefined : Number(end[1]),
      output: text.slice(0, end?.index),
      console: read(path('console')) + complaints,
      seconds: (Date.now() - begin) / 1000,
    };
  } finally {
    daemon.kill('SIGTERM');
    await daemonEnd;
    rmSync(folder, { recursive: true });
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve('ended'));
  });
}

/**
 * @param {string} path of a socket
 * @param {Promise<unknown>} end of who makes it
 * @returns {Promise<boolean>} whether it is there within 30 s
 */
async function appears(path, end) {
  let over = false;
  void end.then(() => {
    over = true;
  });
  for (let tries = 0; tries < 1200 && !over; tries++) {
    if (existsSync(path)) return true;
    await sleep(25);
  }
  return false;
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
