import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Writable by the group or by others. */
const WRITABLE = 0o022;

/**
 * The content of a regular file that only its owner can write. Links are not followed, and pipes are not waited for.
 * @param owner the user who must own it: root, whom the runtimes run as
 * @returns undefined if there is no such file, or if it is larger than `mostBytes`
 */
export async function readTrusted(path: string, mostBytes: number, owner = 0): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    const { uid, mode, size } = status;
    if (!status.isFile() || uid !== owner || (mode & WRITABLE) !== 0 || size > mostBytes) return undefined;
    const content = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await file.read(content, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return content.subarray(0, length);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
