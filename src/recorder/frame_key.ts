import type { Frame } from '../stacks/profile.js';

/** Equal for equal frames only. */
export function frameKey({ isKernel, offset, module, function: name }: Frame): string {
  return `${isKernel ? 'k' : 'u'}${offset} ${module}\0${name}`;
}
