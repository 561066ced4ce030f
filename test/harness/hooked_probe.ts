import { inspectHost } from '../../src/kernel/host.js';
import type { KernelContext } from '../../src/kernel/kernel_context.js';
import { KernelProbe } from '../../src/kernel/kernel_probe.js';
import type { AttachRequest } from '../../src/kernel/load_request.js';
import { openObject } from '../../src/kernel/object_file.js';
import { ProcessTable } from '../../src/kernel/process_table.js';
import { fixtureObject } from './fixture_objects.js';
import { lookup } from './map_entries.js';
import { addon, u32 } from './native_addon.js';

/**
 * Some programs of a fixture, attached as a probe file would have it; the others are skipped. Its `.bss` is `__u64 counts[]`; its
 * `.rodata`, if it has one, becomes the id of this process.
 */
export class HookedProbe {
  readonly #kernel: KernelProbe;
  readonly #programs: readonly string[];

  private constructor(kernel: KernelProbe, programs: readonly string[]) {
    this.#kernel = kernel;
    this.#programs = programs;
  }

  /** @throws SantaError */
  static async attach(fixture: string, hooks: Readonly<Record<string, AttachRequest>>): Promise<HookedProbe> {
    const context: KernelContext = {
      addon,
      host: inspectHost({ proc: '/proc', sys: '/sys' }),
      btfPath: undefined,
      onLog: () => undefined,
    };
    const object = openObject(context, fixtureObject(fixture));
    const programs = object.programs().map(({ name }) => name);
    const skipped = programs.map((name) => [name, { skip: true }] as const);
    const request = { probe: fixture, object: fixtureObject(fixture), alternatives: [], iterators: [] };
    const isTold = object.maps().some(({ section }) => section === '.rodata');
    const constants = isTold ? [{ map: '.rodata', offset: 0, bytes: u32(process.pid) }] : [];
    const attach = { ...Object.fromEntries(skipped), ...hooks };
    const kernel = await KernelProbe.load(context, { ...request, maxEntries: {}, constants, attach }, object);
    await kernel.attach();
    return new HookedProbe(kernel, programs);
  }

  /** How often a program ran. */
  count(program: string): number {
    const counts = lookup(this.#kernel.map('.bss'), u32(0)) ?? new Uint8Array(0);
    const view = new DataView(counts.buffer, counts.byteOffset, counts.byteLength);
    return Number(view.getBigUint64(this.#programs.indexOf(program) * 8, true));
  }

  /** Looks for places that came or went. @returns the message about what is wrong */
  follow(): string | undefined {
    const processes = new ProcessTable('/proc');
    processes.refresh(Number.MAX_SAFE_INTEGER);
    return this.#kernel.followPlaces(processes)?.message;
  }

  close(): void {
    this.#kernel.close();
  }
}
