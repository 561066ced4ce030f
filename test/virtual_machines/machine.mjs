/** Boots a kernel in an emulated virtual machine, runs a script in the host's file system and powers off. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Tools
 * @property {Program} qemu qemu-system-x86_64
 * @property {Program} virtiofsd
 * @property {readonly string[]} firmware further folders with QEMU's data files
 *
 * @typedef {{ command: string; environment: NodeJS.ProcessEnv }} Program
 */

/**
 * @typedef {object} Outcome
 * @property {number | undefined} code exit code of the script; undefined if the script did not finish
 * @property {string} output stdout of the script
 * @property {string} console output of the kernel and stderr of the script
 * @property {number} seconds
 */

/**
 * @param {object} options
 * @param {Tools} options.tools
 * @param {string} options.kernel path of the image
 * @param {Buffer} options.initramfs result of `initramfs`
 * @param {string} options.root folder that becomes the machine's root
 * @param {number} options.timeout seconds until the machine is killed
 * @param {Readonly<Record<string, string>>} [options.kernelArguments] what the kernel does not know becomes the environment of the first process
 * @param {number} [options.possibleCpus] the machine has two CPUs, and places for more; Linux before 6.9 counts the places as possible CPUs
 * @returns {Promise<Outcome>}
 */
export async function boot({ tools, kernel, initramfs, root, timeout, kernelArguments = {}, possibleCpus = 2 }) {
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
  let daemonLog = '';
  daemon.stderr.on('data', (chunk) => {
    daemonLog += chunk;
  });
  const daemonEnd = ended(daemon);
  try {
    if (!(await appears(path('fs'), daemonEnd))) throw new Error(`virtiofsd did not start: ${daemonLog}`);
    const machine = spawn(
      tools.qemu.command,
      [
        ...tools.firmware.flatMap((data) => ['-L', data]),
        ...[
          '-accel',
          'tcg,thread=multi',
          '-M',
          'q35',
          '-cpu',
          'max',
          '-smp',
          `2,maxcpus=${possibleCpus}`,
          '-m',
          '2048',
        ],
        ...['-nodefaults', '-display', 'none', '-no-reboot', '-kernel', kernel, '-initrd', path('initramfs')],
        ...['-object', 'memory-backend-memfd,id=memory,size=2048M,share=on', '-numa', 'node,memdev=memory'],
        ...['-chardev', `socket,id=fs,path=${path('fs')}`, '-device', 'vhost-user-fs-pci,chardev=fs,tag=host'],
        ...['-serial', `file:${path('console')}`, '-serial', `file:${path('output')}`],
        ...['-append', `console=ttyS0 panic=-1 oops=panic quiet ${words(kernelArguments)}`],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...tools.qemu.environment } },
    );
    let machineLog = '';
    machine.stderr.on('data', (chunk) => {
      machineLog += chunk;
    });
    const machineEnd = ended(machine);
    const late = sleep(timeout * 1000, 'late', { ref: false });
    if ((await Promise.race([machineEnd, late])) === 'late') {
      machine.kill('SIGKILL');
      await machineEnd;
      machineLog += `killed after ${timeout} s\n`;
    }
    const text = read(path('output'));
    const end = /^exit (\d+)\s*$(?![\s\S])/m.exec(text);
    return {
      code: end === null ? undefined : Number(end[1]),
      output: text.slice(0, end?.index),
      console: read(path('console')) + machineLog,
      seconds: (Date.now() - begin) / 1000,
    };
  } finally {
    daemon.kill('SIGTERM');
    await daemonEnd;
    rmSync(folder, { recursive: true });
  }
}

/** @param {Readonly<Record<string, string>>} settings */
function words(settings) {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
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
 * @param {Promise<unknown>} end resolves when the process that creates it has ended
 * @returns {Promise<boolean>} whether it exists within 30 s
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
