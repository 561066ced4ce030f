/** Whether the kernel has the function of a kprobe. Other hooks are checked where their script is compiled. */
import { fault } from '../../errors/fault.js';
import { nearest } from '../../nearest.js';
import type { Hook } from '../../scaffold/hook.js';
import type { KernelTypes } from '../../script/resolve/kernel_types.js';

/** @throws SantaError ARGUMENT_INVALID with the nearest name; nothing where the kernel does not list its functions */
export function checkKernelFunction(
  { text, kind, subject }: Hook,
  kernel: Pick<KernelTypes, 'btf' | 'hasSymbol'>,
): void {
  if (kind !== 'kprobe' && kind !== 'kretprobe') return;
  const [name = ''] = subject.split('+');
  // A pattern names no function.
  if (/[*?]/.test(name) || kernel.hasSymbol(name) !== false) return;
  const known = [...(kernel.btf?.namesOf('function') ?? [])];
  const near = nearest(
    name,
    known.filter((each) => Math.abs(each.length - name.length) < 3),
  );
  const hint =
    near === undefined ? 'santabpf hooks lists functions by a part of their name' : `did you mean ${kind}:${near}?`;
  throw fault('ARGUMENT_INVALID', { problem: `"${text}": this kernel has no function ${name}; ${hint}` });
}
