import { closeSync, constants as fsConstants, fstatSync, openSync, readSync } from 'node:fs';
import { fault, type SantaError } from '../errors/fault.js';

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

/**
 * The bytes of a regular file. Never waits: not for the writer of a pipe either.
 * @throws Error with a message for people or with the code of the system call; `unreadableReason` turns it into a reason
 */
export function readRegularFile(path: string, maximumBytes: number): Buffer {
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
 * The text of a file, without a byte order mark: of a regular file with at most 1 MiB of UTF-8 text.
 * @param refuse makes the fault of any other file; `reason` is the end of a sentence, after a colon
 * @throws that fault
 */
export function readText(
  path: string,
  refuse: (reason: string, cause: unknown) => SantaError = unreadable(path),
): string {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path, maximumBytes);
  } catch (cause) {
    throw refuse(unreadableReason(cause), cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse('it is not UTF-8 text', cause);
  }
}

function unreadable(path: string) {
  return (reason: string, cause: unknown) => fault('CONFIG_UNREADABLE', { path, reason }, { cause });
}
