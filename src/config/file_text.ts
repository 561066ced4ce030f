import { closeSync, constants as fsConstants, fstatSync, openSync, readSync } from 'node:fs';
import { fault } from '../errors/fault.js';

/** Far more than any probe needs, and still read at once. */
const maximumBytes = 1 << 20;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'a symbolic link points back to itself',
  ENAMETOOLONG: 'the path is too long',
};

/** Why a file or folder could not be read: the end of a sentence, after a colon. */
export function unreadableReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && reasons[code]) || code || message;
}

function readAll(path: string): Buffer {
  // Opening a pipe would otherwise wait for its writer forever.
  const descriptor = openSync(path, fsConstants.O_RDONLY | fsConstants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw new Error('it is a folder');
    if (!status.isFile()) throw new Error('it is a device or a pipe, not a regular file');
    if (status.size > maximumBytes) throw new Error(`it is larger than ${maximumBytes >> 20} MiB`);
    // One byte more than the size: a file that grows while it is read is cut.
    const bytes = Buffer.allocUnsafe(status.size + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The text of a configuration file, without a byte order mark.
 * @throws CONFIG_UNREADABLE unless it is a regular file with at most 1 MiB of UTF-8 text
 */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readAll(path);
  } catch (cause) {
    throw fault('CONFIG_UNREADABLE', { path, reason: unreadableReason(cause) }, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fault('CONFIG_UNREADABLE', { path, reason: 'it is not UTF-8 text' }, { cause });
  }
}
