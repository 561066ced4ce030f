import type { Hook } from '../resolve/hook.js';

const longest = 100;

/** Gives each program an identifier of its own. */
export class ProgramNames {
  private readonly taken = new Set<string>(['may_add_key']);

  next({ text }: Hook): string {
    const plain = text.replace(/\W+/g, '_').slice(0, longest);
    let name = plain;
    for (let number = 2; this.taken.has(name); number++) name = `${plain}_${number}`;
    this.taken.add(name);
    return name;
  }
}
