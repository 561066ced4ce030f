import { CgroupNames } from '../../cgroups/cgroup_names.js';
import { type CgroupLabel, cgroupLabels } from '../../cgroups/labels.js';
import type { MetricSpec } from '../../config/probe_schema.js';
import type { Decoder } from '../decoder.js';
import { perContext } from '../per_context.js';

export const cgroupNames = perContext(
  ({ roots, now, later }) => new CgroupNames({ proc: roots.proc, root: roots.root, now, later }),
);

/** Whether any label of these metrics names a cgroup. */
export function namesCgroups(metrics: readonly MetricSpec[]): boolean {
  return metrics.some(({ labels }) =>
    Object.values(labels).some(
      (label) => label.constant === undefined && label.decode?.some(({ kind }) => Object.hasOwn(cgroupLabels, kind)),
    ),
  );
}

/**
 * A decoder of the ids that the kernel gives to cgroups. 0 is no cgroup: it gives an empty label. A field of 4 bytes has the lower half of
 * an id, as programs do that keep inode numbers in 32 bits. The upper half is 0 until the kernel has made 2^32 cgroups.
 */
export function cgroupDecoder(kind: keyof typeof cgroupLabels): Decoder {
  const label: CgroupLabel = cgroupLabels[kind];
  return {
    takes: 'an unsigned integer of 8 or 4 bytes',
    compile(field, context) {
      const { layout, isBitfield } = field;
      const read = field.integer(false);
      if (read === undefined || isBitfield || layout.kind !== 'integer' || layout.signed || layout.size < 4)
        return undefined;
      const names = cgroupNames(context);
      return {
        announce: (bytes) => names.want(read(bytes)),
        prepare: () => names.load(),
        decode: (bytes) => {
          const id = read(bytes);
          const cgroup = names.get(id);
          if (cgroup !== undefined) return label(cgroup, names.containers);
          return kind === 'cgroup' && id !== 0 ? String(BigInt.asUintN(62, BigInt(id))) : '';
        },
      };
    },
  };
}
