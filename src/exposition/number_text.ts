/**
 * Writes a sample value in the notation that text 0.0.4 and OpenMetrics share. Integers up to 2^53 come out exactly,
 * all other numbers with the fewest digits that read back as the same double.
 * @param bytes with at least 25 bytes after `at`
 * @returns the position after the last digit
 */
export function writeNumber(bytes: Buffer, at: number, value: number): number {
  let rest = value >>> 0;
  if (rest === value) {
    const end = at + digitsOf(rest);
    for (let place = end; place > at; ) {
      const tenth = (rest / 10) >>> 0;
      bytes[--place] = 48 + rest - tenth * 10;
      rest = tenth;
    }
    return end;
  }
  return at + bytes.write(numberText(value), at, 'latin1');
}

function digitsOf(value: number): number {
  if (value < 100_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    if (value < 1000) return 3;
    return value < 10_000 ? 4 : 5;
  }
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  if (value < 100_000_000) return 8;
  return value < 1_000_000_000 ? 9 : 10;
}

/** A sample value: `5`, `0.25`, `1e-9`, `+Inf`, `-Inf`, `NaN`. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/**
 * The value of an `le` or `quantile` label: OpenMetrics's canonical number, `1.0`, `0.5`, `1.048576e+06`,
 * `9.5367431640625e-07`. Both formats use it, because it is part of the series' identity. Reads back as the same double.
 */
export function boundText(bound: number): string {
  if (!Number.isFinite(bound)) return numberText(bound);
  const [mantissa = '', exponent = ''] = bound.toExponential().split('e');
  const power = Number(exponent);
  // The canonical form follows Go's %g, which switches to an exponent here.
  if (power < -4 || power >= 6) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const plain = String(bound);
  return plain.includes('.') ? plain : `${plain}.0`;
}
