import { inspectHost } from '../../src/kernel/host.js';
import type { KernelContext } from '../../src/kernel/kernel_context.js';
import { KernelProbe } from '../../src/kernel/kernel_probe.js';
import type { AttachRequest } from '../../src/kernel/load_request.js';
import { openObject } from '../../src/kernel/object_file.js';
import { fixtureObject } from './fixture_objects.js';
import { lookup } from './map_entries.js';
import { addon, u32 } from './native_addon.js';

/** Some programs of a fixture whose `.bss` is `__u64 counts[]` and whose `.rodata` is the id of this process, attached as a probe file would have it. The others are skipped. */
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
    const told = { map: '.rodata', offset: 0, bytes: u32(process.pid) };
    const attach = { ...Object.fromEntries(skipped), ...hooks };
    const kernel = await KernelProbe.load(context, { ...request, maxEntries: {}, constants: [told], attach }, object);
    await kernel.attach();
    return new HookedProbe(kernel, programs);
  }

  /** How often a program ran. */
  count(program: string): number {
    const counts = lookup(this.#kernel.map('.bss'), u32(0)) ?? new Uint8Array(0);
    const view = new DataView(counts.buffer, counts.byteOffset, counts.byteLength);
    return Number(view.getBigUint64(this.#programs.indexOf(program) * 8, true));
  }

  close(): void {
    this.#kernel.close();
  }
}
