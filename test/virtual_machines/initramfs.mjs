/** Builds the initramfs of a virtual machine: busybox, kernel modules, init, and the script that init runs. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

// virtiofs mounts the host's files; loop provides the block device of the workload, scsi_debug a disk that can go offline; tc filters
// need the last two.
const wantedModules = ['virtio_pci', 'virtiofs', 'loop', 'sd_mod', 'scsi_debug', 'overlay', 'sch_ingress', 'cls_bpf'];

/**
 * @param {object} parts
 * @param {string} parts.busybox path of a static busybox
 * @param {string} parts.modules path of a kernel's module folder
 * @param {string} parts.init path of the init script
 * @param {string} parts.script shell script that init runs in the host's file system
 * @returns {Buffer} a gzipped cpio archive
 */
export function initramfs({ busybox, modules, init, script }) {
  /** @type {Entry[]} */
  const entries = ['bin', 'dev', 'host', 'lib', 'proc', 'sys'].map((path) => ({ path, mode: 0o40755 }));
  entries.push({ path: 'bin/busybox', mode: 0o100755, content: readFileSync(busybox) });
  entries.push({ path: 'init', mode: 0o100755, content: readFileSync(init) });
  entries.push({ path: 'script', mode: 0o100755, content: Buffer.from(script) });
  for (const [position, module] of loadOrder(modules, busybox).entries()) {
    const path = `lib/${String(position).padStart(2, '0')}-${module.name}.ko`;
    entries.push({ path, mode: 0o100644, content: module.content });
  }
  return gzipSync(cpio(entries), { level: 1 });
}

/**
 * @param {string} folder of one kernel's modules
 * @param {string} busybox path; decompresses modules
 * @returns {{ name: string; content: Buffer }[]} the wanted modules and their dependencies in load order, without built-in ones
 */
function loadOrder(folder, busybox) {
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const match = /^(.+)[.]ko([.]xz|[.]zst)?$/.exec(basename(entry));
    if (match?.[1] !== undefined) files.set(match[1].replaceAll('-', '_'), join(folder, entry));
  }
  /** @type {Map<string, Buffer>} */
  const ordered = new Map();
  const visit = (/** @type {string} */ name) => {
    const file = files.get(name);
    if (file === undefined || ordered.has(name)) return;
    const content = file.endsWith('.xz')
      ? execFileSync(busybox, ['xz', '-dc', file], { maxBuffer: 1 << 28 })
      : readFileSync(file);
    const needed = /\0depends=([^\0]*)\0/.exec(content.toString('latin1'))?.[1] ?? '';
    for (const other of needed.split(',')) visit(other.replaceAll('-', '_'));
    ordered.set(name, content);
  };
  for (const name of wantedModules) visit(name);
  return [...ordered].map(([name, content]) => ({ name, content }));
}

/** @typedef {{ path: string; mode: number; content?: Buffer }} Entry */

/**
 * @param {readonly Entry[]} entries
 * @returns {Buffer} an archive in the "newc" format the kernel reads
 */
function cpio(entries) {
  const parts = [...entries, { path: 'TRAILER!!!', mode: 0 }].flatMap((entry, position) => record(entry, position + 1));
  return Buffer.concat(parts);
}

/**
 * @param {Entry} entry
 * @param {number} inode
 */
function record({ path, mode, content = Buffer.alloc(0) }, inode) {
  const name = Buffer.from(`${path}\0`);
  // magic, then: inode mode uid gid links mtime size major minor rmajor rminor namesize check
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

/** @param {number} length */
function padding(length) {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
