/** A function that is called after everything is attached: ebpf_exporter has it, and programs that read a first state are attached to it. */
import type { Addon, BpfObject } from './addon.js';
import type { AttachRequest } from './load_request.js';

const symbol = 'post_attach_mark';
const section = `uprobe//proc/self/exe:${symbol}`;

/**
 * Programs at the mark, attached to this exporter's. `callAttachMark` runs them once the object is attached, and with them those of other
 * objects.
 * @returns undefined if the object has none
 */
export function markAttachments(
  object: BpfObject,
  addon: Pick<Addon, 'attachMarkFile'>,
): Readonly<Record<string, AttachRequest>> | undefined {
  const programs = object.programs().filter((program) => program.autoload && program.section === section);
  if (programs.length === 0) return undefined;
  const binary = addon.attachMarkFile();
  return Object.fromEntries(programs.map(({ name }) => [name, { binary, symbol }]));
}
