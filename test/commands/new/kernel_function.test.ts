import { describe, expect, it } from 'vitest';
import { checkKernelFunction } from '../../../src/commands/new/kernel_function.js';
import { parseHook } from '../../../src/scaffold/hook.js';

const hook = (text: string) => parseHook(text, () => false);
const kernel = (symbols: readonly string[] | undefined) => ({
  btf: undefined,
  hasSymbol: (name: string) => symbols?.includes(name),
});

describe('the function of a kprobe', () => {
  it('must be one of the kernel', () => {
    for (const text of ['kprobe:vfs_raed', 'kretprobe:vfs_raed', 'kprobe:vfs_raed+8'])
      expect(() => checkKernelFunction(hook(text), kernel(['vfs_read']))).toThrow(
        `"${text}": this kernel has no function vfs_raed; santabpf hooks lists functions by a part of their name`,
      );
  });

  it.each(['kprobe:vfs_read', 'kprobe:vfs_read+8', 'kprobe:vfs_*', 'uprobe:/bin/sh:vfs_raed', 'fentry:vfs_raed'])(
    '%s is left alone',
    (text) => {
      expect(() => checkKernelFunction(hook(text), kernel(['vfs_read']))).not.toThrow();
    },
  );

  it('is not checked where the kernel does not list its functions', () => {
    expect(() => checkKernelFunction(hook('kprobe:vfs_raed'), kernel(undefined))).not.toThrow();
  });
});
