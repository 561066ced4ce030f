import { closeSync, constants as fsConstants, fstatSync, openSync, readSync } from 'node:fs';
import { fault } from '../errors/fault.js';

/** More than any probe needs; less than what keeps a start waiting. */
const maximumBytes = 1 << 20;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'nothing: there is no such file',
  ENOTDIR: 'nothing: a part of the path is not a folder',
  EACCES: 'a file that this user may not read',
  EPERM: 'a file that this user may not read',
  EISDIR: 'a folder',
  ELOOP: 'a symbolic link that leads back to itself',
  ENAMETOOLONG: 'a path that is too long',
};

/** In words, why a file could not be opened or read. */
export function unreadableReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && reasons[code]) || code || message;
}

function readAll(path: string): Buffer {
  // Not blocking, because opening a pipe would wait for its writer forever.
  const descriptor = openSync(path, fsConstants.O_RDONLY | fsConstants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw new Error('a folder');
    if (!status.isFile()) throw new Error('a device or pipe where a regular file belongs');
    if (status.size > maximumBytes) throw new Error(`a file of more than ${maximumBytes >> 20} MiB`);
    // One byte more than it had: a file that grew meanwhile is cut, not read for ever.
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
 * @throws CONFIG_UNREADABLE when it is not a readable, regular file of UTF-8 text of at most 1 MiB
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
    throw fault('CONFIG_UNREADABLE', { path, reason: 'bytes that are not UTF-8 text' }, { cause });
  }
}
