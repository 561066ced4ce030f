/**
 * Whether a name matches a pattern with `*` and `?`. It takes at most as many steps as both have characters, multiplied: the names
 * in a library may be of any kind.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = i;
    } else if (pattern[at] === '?' || pattern[at] === name[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Whether a name has wildcards. */
export function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}
