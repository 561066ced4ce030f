import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';

/**
 * Fills a folder once. An interrupted fill starts over the next time.
 * @param {string} path
 * @param {(folder: string) => Promise<void>} fill writes to a temporary folder, which is renamed when complete
 * @returns {Promise<string>} the path
 */
export async function once(path, fill) {
  if (existsSync(path)) return path;
  const partial = `${path}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await fill(partial);
  renameSync(partial, path);
  return path;
}
