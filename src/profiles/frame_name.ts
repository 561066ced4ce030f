import type { Frame } from '../stacks/profile.js';

/** What becomes of stacks and functions that are too many to be told apart. */
export const OTHER = '(other)';

/** The name of a frame: its function, or its module with the offset if the function is unknown. Any text is possible. */
export function frameName({ function: name, module, offset }: Frame): string {
  if (name !== '') return name;
  return module === '' ? '[unknown]' : `${moduleName(module)}+0x${offset.toString(16)}`;
}

/** The file name of a module without its folder. */
export function moduleName(module: string): string {
  return module.slice(module.lastIndexOf('/') + 1);
}
