import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package's package.json. Sources and bundles lie at different depths below it. */
export const packageFolder: string = folderAbove(dirname(fileURLToPath(import.meta.url)));

/** The version of the exporter, from package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }).version;
}

function folderAbove(folder: string): string {
  if (isPackage(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No folder above the exporter has its package.json');
  return folderAbove(parent);
}

/** That of dist/ has no name: it only makes the files there CommonJS. */
function isPackage(file: string): boolean {
  try {
    return 'name' in (JSON.parse(readFileSync(file, 'utf8')) as object);
  } catch {
    return false;
  }
}
