import { describe, expect, test } from 'vitest';
import { compileScript } from '../../src/script/compile_script.js';
import { explained } from '../../src/script/explanation.js';
import { type KernelTypes, noModules } from '../../src/script/resolve/kernel_types.js';
import { parseScript } from '../../src/script/syntax/parse.js';

const format = `	field:int nr;	offset:8;	size:4;	signed:1;
	field:unsigned long ret;	offset:16;	size:8;	signed:0;
`;

const kernel: KernelTypes = {
  btf: undefined,
  modules: noModules,
  architecture: 'x64',
  version: [6, 1],
  cpus: 4,
  tracepointCategories: () => ['syscalls'],
  tracepointsOf: () => ['sys_exit_read'],
  tracepointFormat: () => format,
  traceableFunctions: () => undefined,
  symbolsOf: () => undefined,
  usdtProbes: () => undefined,
  hasSymbol: () => undefined,
};

/** The lines of a part, without the spaces between columns. */
function parts(text: string): Readonly<Record<string, string[]>> {
  const generated = compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'reads', kernel });
  const explanation = explained(generated, { file: 'x.bt', text, prefix: 'p_', cpus: kernel.cpus });
  return Object.fromEntries(
    explanation.split('\n\n').map((part) => {
      const [title = '', ...lines] = part.trimEnd().split('\n');
      return [title, lines.map((line) => line.trim().replace(/ {2,}/, ' | '))];
    }),
  );
}

describe('the explanation of a script', () => {
  const text = `tracepoint:syscalls:sys_exit_read {
  $size = args.ret;
  @bytes[comm, (uint8)args.nr] = sum($size);
  @last = args.ret;
  printf("%d", $size);
}`;

  test('has the types of expressions, and where fields are', () => {
    expect(parts(text).Expressions).toEqual([
      '2:11 | args.ret: uint64, 8 bytes at offset 16 of syscalls:sys_exit_read',
      '3:10 | comm: string',
      '3:16 | (uint8)args.nr: uint8',
      '3:23 | args.nr: int32, 4 bytes at offset 8 of syscalls:sys_exit_read',
      '3:38 | $size: uint64',
    ]);
  });

  test('has the cost of programs, the memory of maps, the metrics, and remarks', () => {
    const { Programs, Maps, Metrics, Remarks } = parts(text);
    expect(Programs).toEqual([
      expect.stringMatching(
        /^tracepoint\/syscalls\/sys_exit_read \| \d+ instructions, \d+ calls of the kernel, tracepoint_/,
      ),
    ]);
    expect(Maps).toEqual(
      expect.arrayContaining([
        'bytes | per-CPU hash, 4096 entries, keys of 24 bytes, values of 8 bytes: 224 KiB at most',
        'last | array, 1 entry, keys of 4 bytes, values of 8 bytes: 16 bytes at most',
      ]),
    );
    expect(Metrics).toEqual([
      'p_reads_bytes_total | counter of map bytes, by comm, nr',
      'p_reads_last | gauge of map last',
    ]);
    expect(Remarks).toEqual([expect.stringMatching(/^x\.bt:5:3 \| printf\(\) prints/)]);
  });

  test('has the fields of own structs', () => {
    const own = 'struct s { int a; } profile:hz:9 { @ = ((struct s *)1)->a; }';
    expect(parts(own).Expressions).toContain('1:40 | ((struct s *)1)->a: int32, 4 bytes at offset 0 of s');
  });
});
