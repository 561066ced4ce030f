import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../package_folder.js';

let script: { readonly path: string; readonly text: string } | undefined;

/** The script of the landing page, as the build has bundled it, and its path, which changes with it. It is read at the first call. */
export function hostScript(): { readonly path: string; readonly text: string } {
  if (script === undefined) {
    const text = readFileSync(join(packageFolder, 'dist/host.js'), 'utf8');
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
    script = { path: `/host-${hash}.js`, text };
  }
  return script;
}
