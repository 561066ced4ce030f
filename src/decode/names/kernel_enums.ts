import type { DecodeContext } from '../context.js';
import type { Integer } from '../integer.js';
import { perContext } from '../per_context.js';

/** The names of one enum of the running kernel. They do not change while the kernel runs, so they are kept. */
class KernelEnum {
  private names: ReadonlyMap<Integer, string> | undefined;
  private loading: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly context: DecodeContext,
  ) {}

  nameOf(integer: Integer): string | undefined {
    return this.names?.get(integer);
  }

  /** Undefined once the names are there. Never rejects. */
  load(): Promise<void> | undefined {
    if (this.names !== undefined) return undefined;
    this.loading ??= this.read();
    return this.loading;
  }

  private async read(): Promise<void> {
    const enumerators = (await this.context.kernelEnum(this.name)) ?? [];
    // Of several names for one number the first counts, as with the enums of the object.
    this.names = new Map(enumerators.map(([name, value]) => [value, name] as const).reverse());
  }
}

/** The enums of the running kernel by name. */
class KernelEnums {
  private readonly known = new Map<string, KernelEnum>();

  constructor(private readonly context: DecodeContext) {}

  get(name: string): KernelEnum {
    const found = this.known.get(name) ?? new KernelEnum(name, this.context);
    this.known.set(name, found);
    return found;
  }
}

export const kernelEnums = perContext((context) => new KernelEnums(context));
