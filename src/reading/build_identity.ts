import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The identity that the build gave to the bundles in dist/. Undefined if this code runs elsewhere, as in tests. */
export function buildIdentity(): string | undefined {
  try {
    const file = fileURLToPath(new URL('./package.json', import.meta.url));
    return (JSON.parse(readFileSync(file, 'utf8')) as { build?: string }).build;
  } catch {
    return undefined;
  }
}
