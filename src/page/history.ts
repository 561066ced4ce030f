/** Ten minutes of readings. */
const kept = 60;

/** The last readings of something, since the page was opened. */
export class History<Value> {
  readonly times: number[] = [];
  readonly values: Value[] = [];

  /** @param at seconds since 1970 */
  add(at: number, value: Value): void {
    this.times.push(at);
    this.values.push(value);
    if (this.times.length > kept) {
      this.times.shift();
      this.values.shift();
    }
  }
}
