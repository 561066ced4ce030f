/** Whether a kernel release, as in `uname -r`, is older than a version of Linux. A release that cannot be read counts as old. */
export function isBefore(release: string, major: number, minor: number): boolean {
  const [, first = 0, second = 0] = /^(\d+)\.(\d+)/.exec(release)?.map(Number) ?? [];
  return first < major || (first === major && second < minor);
}
