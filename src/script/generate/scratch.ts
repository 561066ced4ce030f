/** Memory of a program outside its stack: what of it is taken. Functions that the program calls for its loops share it. */
export class Scratch {
  /** Offsets of variables that live here until the program ends. */
  readonly variables = new Map<string, number>();
  /** The most that was taken at once. */
  bytes = 0;
  private taken = 0;
  private kept = 0;

  get used(): number {
    return this.taken;
  }

  /** @returns the offset of so many bytes */
  take(bytes: number): number {
    const offset = this.taken;
    this.taken += bytes;
    this.bytes = Math.max(this.bytes, this.taken);
    return offset;
  }

  /** Gives back what was taken since `used` was read, except variables. */
  release(used: number): void {
    this.taken = Math.max(used, this.kept);
  }

  /** The offset of a variable, which is taken at the first call. */
  variable(name: string, bytes: number): number {
    let offset = this.variables.get(name);
    if (offset === undefined) {
      offset = this.take(bytes);
      this.kept = this.taken;
      this.variables.set(name, offset);
    }
    return offset;
  }
}
