/** Whether a name matches a pattern with `*` and `?`. */
export function matcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`);
  return (name) => expression.test(name);
}

/** Whether a name is a pattern. */
export const isPattern = (name: string) => /[*?]/.test(name);
