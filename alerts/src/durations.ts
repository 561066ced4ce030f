const seconds = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** Seconds of a duration as Prometheus writes it: `90s`, `1m30s`, `1h`. NaN for other text. */
export function secondsOf(text: string): number {
  if (!/^(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(text) || text === '') return Number.NaN;
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * seconds[unit as keyof typeof seconds],
    0,
  );
}

/** A duration as Prometheus reads it, in the largest unit that divides it: `90s`, `4m`, `1h`. */
export function durationOf(total: number): string {
  const [unit, size] = Object.entries(seconds).find(([, size]) => total % size === 0)!;
  return `${total / size}${unit}`;
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** A duration in words, as texts of alerts use it: `a minute`, `five minutes`, `90 seconds`. */
export function inWords(total: number): string {
  const [name, size] = total % 60 === 0 ? ['minute', 60] : ['second', 1];
  const count = total / size;
  return count === 1 ? `a ${name}` : `${small[count] ?? count} ${name}s`;
}
