import type { Frame, Profile, ProfileKind, ProfileSource, ProfileStack } from '../../src/stacks/profile.js';

/** A frame of a process, of the kernel (`name@k`), of compiled code (`name@j`), or without a name (`0x12@/bin/x`). */
export function frameOf(text: string): Frame {
  const [name = '', place = '/usr/bin/app'] = text.split('@');
  if (place === 'k') return { function: name, module: '[kernel]', offset: 0, isKernel: true };
  if (place === 'j') return { function: name, module: '[jit]', offset: 0, isKernel: false };
  const isUnknown = name.startsWith('0x');
  return { function: isUnknown ? '' : name, module: place, offset: isUnknown ? Number(name) : 0x40, isKernel: false };
}

/** A stack written outermost first: `main;work;burn`. */
export function stackOf(
  command: string,
  frames: string,
  value: number,
  labels: Record<string, string> = {},
): ProfileStack {
  return { labels: { ...labels, command }, frames: frames.split(';').reverse().map(frameOf), value };
}

/** A source of profiles of plain data. Tests change its fields and read what it was asked for. */
export class FakeProfiles implements ProfileSource {
  stacks: readonly ProfileStack[] = [
    stackOf('burner', 'main;work;burn', 490),
    stackOf('burner', 'main;work;syscall@libc.so.6;do_syscall_64@k;vfs_read@k', 98),
    stackOf('node', 'main@/usr/bin/node;tick@j;0x1f40@/usr/lib/libx.so', 49),
  ];
  /** Before this time, in Unix milliseconds, `earlier` was recorded. */
  boundary = 0;
  earlier: readonly ProfileStack[] = [];
  lost = 0;
  missingMs = 0;
  /** Collections and records wait for this promise. */
  gate: Promise<void> = Promise.resolve();
  error: Error | undefined;
  readonly asked: (readonly [ProfileKind, number, number])[] = [];
  readonly signals: AbortSignal[] = [];

  async recorded(kind: ProfileKind, from: number, to: number): Promise<Profile> {
    this.asked.push([kind, from, to]);
    return await this.#profile(kind, from, to);
  }

  async collect(kind: ProfileKind, seconds: number, signal: AbortSignal): Promise<Profile> {
    this.signals.push(signal);
    const to = Date.now();
    return await this.#profile(kind, to - seconds * 1000, to);
  }

  async #profile(kind: ProfileKind, from: number, to: number): Promise<Profile> {
    await this.gate;
    if (this.error !== undefined) throw this.error;
    const { lost, missingMs } = this;
    const stacks = to <= this.boundary ? this.earlier : this.stacks;
    return { kind, from, to, periodNs: kind === 'cpu' ? 1e9 / 49 : 1, stacks, lost, missingMs };
  }
}
