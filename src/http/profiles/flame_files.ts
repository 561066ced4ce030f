import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package_folder.js';
import { LANDING_STYLE } from '../landing_style.js';
import { FLAME_STYLE } from './flame_style.js';

/** The style sheet of every page about profiles. */
export const PROFILE_STYLE = `${LANDING_STYLE}${FLAME_STYLE}`;

let script: string | undefined;

/** The script of the flame graph, as the build has bundled it. It is read at the first call. */
export function flameScript(): string {
  script ??= readFileSync(join(packageFolder, 'dist/flamegraph.js'), 'utf8');
  return script;
}

let policy: string | undefined;

/** Content security policy of the pages: only their own script, style sheet and icon may load, and forms ask this server alone. */
export function profilePolicy(): string {
  policy ??= [
    "default-src 'none'",
    `script-src '${hash(flameScript())}'`,
    `style-src '${hash(PROFILE_STYLE)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return policy;
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
