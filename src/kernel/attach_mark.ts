/** A function that is called after everything is attached: ebpf_exporter has it, and programs that read a first state are attached to it. */
import type { Addon, BpfObject } from './addon.js';
import type { AttachRequest } from './load_request.js';

const symbol = 'post_attach_mark';
const section = `uprobe//proc/self/exe:${symbol}`;

/** Programs at the mark, attached to this exporter's. */
export function markAttachments(object: BpfObject, addon: Addon): Readonly<Record<string, AttachRequest>> {
  const names = markedPrograms(object);
  if (names.length === 0) return {};
  const binary = addon.attachMarkFile();
  return Object.fromEntries(names.map((name) => [name, { binary, symbol }]));
}

/** Runs the programs at the mark of an object, once all its programs are attached. Those of other objects run, too. */
export function passMark(object: BpfObject, addon: Addon): void {
  if (markedPrograms(object).length > 0) addon.callAttachMark();
}

function markedPrograms(object: BpfObject): string[] {
  return object
    .programs()
    .flatMap((program) => (program.autoload && program.section === section ? [program.name] : []));
}
