/** Bytes of `_Py_DebugOffsets` of CPython 3.13, which lies at the start of its section `.PyRuntime`. */
export const debugOffsetsBytes = 73 * 8;

/** Where CPython keeps what a profiler needs. Offsets in bytes. */
export interface PythonOffsets {
  readonly interpreters: number;
  readonly nextInterpreter: number;
  readonly threads: number;
  readonly nextThread: number;
  readonly nativeId: number;
  readonly currentFrame: number;
  readonly code: number;
  readonly previous: number;
  readonly owner: number;
  readonly fileName: number;
  readonly qualifiedName: number;
  readonly textState: number;
  readonly textLength: number;
  /** Where the characters of an ASCII text begin. */
  readonly asciiText: number;
}

/** What the BPF program reads at once, see bpf/include/python_frames.h. */
const threadBytes = 256;
const frameBytes = 80;
const largestStructure = 1 << 20;
const largestObject = 1024;

/**
 * Parses `_Py_DebugOffsets`. The bytes are another process's: offsets that the BPF program would not follow are refused.
 * @returns undefined for anything but a Python 3.13 with a global interpreter lock
 */
export function parseDebugOffsets(bytes: Buffer): PythonOffsets | undefined {
  if (bytes.length < debugOffsetsBytes || bytes.toString('latin1', 0, 8) !== 'xdebugpy') return undefined;
  const word = (index: number) => Number(bytes.readBigUInt64LE(index * 8));
  const isFreeThreaded = word(2) !== 0;
  if (Math.floor(word(1) / 2 ** 16) !== 0x030d || isFreeThreaded) return undefined;
  const offsets = {
    interpreters: word(5),
    nextInterpreter: word(8),
    threads: word(9),
    nextThread: word(21),
    currentFrame: word(23),
    nativeId: word(25),
    previous: word(29),
    code: word(30),
    owner: word(33),
    fileName: word(35),
    qualifiedName: word(37),
    textState: word(68),
    textLength: word(69),
    asciiText: word(70),
  };
  return isUsable(offsets) ? offsets : undefined;
}

/** The value of the map `python_processes`. @param runtime address of `_PyRuntime` in the process */
export function encodePythonProcess(runtime: number, offsets: PythonOffsets): Uint8Array {
  const value = Buffer.alloc(40);
  value.writeBigUInt64LE(BigInt(runtime + offsets.interpreters));
  const { nextInterpreter, threads, nextThread, nativeId, currentFrame, code, previous, owner } = offsets;
  for (const [i, offset] of [
    nextInterpreter,
    threads,
    nextThread,
    nativeId,
    currentFrame,
    code,
    previous,
    owner,
  ].entries()) {
    value.writeUInt32LE(offset, 8 + 4 * i);
  }
  return value;
}

function isUsable(offsets: PythonOffsets): boolean {
  const isWordIn = (size: number) => (offset: number) => offset % 8 === 0 && offset <= size - 8;
  const { interpreters, nextInterpreter, threads, nextThread, nativeId, currentFrame, code, previous } = offsets;
  const { fileName, qualifiedName, textState, textLength, asciiText, owner } = offsets;
  return (
    [interpreters, nextInterpreter, threads].every(isWordIn(largestStructure)) &&
    [nextThread, nativeId, currentFrame].every(isWordIn(threadBytes)) &&
    [code, previous].every(isWordIn(frameBytes)) &&
    owner < frameBytes &&
    [fileName, qualifiedName].every(isWordIn(largestObject)) &&
    [textState, textLength, asciiText].every(isWordIn(128))
  );
}
