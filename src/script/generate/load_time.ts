/** `elapsed`: time since the exporter loaded the script. */
import type { IrData, Register } from '../ir/program.js';
import { helpers } from './function_builder.js';
import type { Lowering } from './lowering.js';

const section = '.rodata.load_time';

/** The exporter sets it: see `OwnConstants`. */
export const loadTimeData: IrData = {
  section,
  bytes: new Uint8Array(8),
  variables: [
    {
      name: 'nanoseconds_at_load',
      offset: 0,
      type: { kind: 'integer', bytes: 8, isSigned: false },
      isSetAtLoad: true,
    },
  ],
};

/** Nanoseconds. The clock stands still while the machine sleeps. */
export function sinceLoad({ builder, compilation }: Lowering): Register {
  compilation.usesLoadTime = true;
  const start = builder.register();
  builder.emit({ kind: 'mapValue', to: start, map: section, offset: 0 });
  const now = builder.helper(helpers.nanosecondsSinceBoot);
  return builder.operate('sub', now, builder.load({ base: start, offset: 0 }));
}
