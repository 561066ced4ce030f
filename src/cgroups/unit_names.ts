/** What systemd allows in the name of a unit; nothing that a label would have to escape. */
const unitName = /^[A-Za-z0-9:_.@\\-]{1,240}\.(?:service|scope|socket|mount|swap|automount|timer|path|target|device)$/;
const sliceName = /^[A-Za-z0-9:_.@\\-]{1,240}\.slice$/;

/** A user's own service manager: everything below it is that user's. */
const userManager = /^user@\d{1,10}\.service$/;

/** Where systemd has put a cgroup. */
export interface UnitPlace {
  /** The innermost slice of the system; `-.slice` for a unit outside of all slices, '' if neither is there. */
  readonly slice: string;
  /** `nginx.service`; for a unit of a user's own manager `user@1000.service/NAME`. '' if there is none. */
  readonly unit: string;
  /** `user@1000.service` if the cgroup is in a user's hands; otherwise ''. */
  readonly manager: string;
  /** Names of the path that belong to slices and the unit of the system. */
  readonly length: number;
}

/** Reads slices and the unit from the start of a path, given as its names. */
export function unitPlace(names: readonly string[]): UnitPlace {
  const slices = slicesAt(names, 0);
  const name = names[slices] ?? '';
  const isUnit = unitName.test(name);
  const slice = names[slices - 1] ?? (isUnit ? '-.slice' : '');
  if (!isUnit) return { slice, unit: '', manager: '', length: slices };
  if (!userManager.test(name)) return { slice, unit: name, manager: '', length: slices + 1 };
  const inner = names[slicesAt(names, slices + 1)] ?? '';
  return { slice, unit: unitName.test(inner) ? `${name}/${inner}` : name, manager: name, length: slices + 1 };
}

/** The first name after `from` that is no slice. */
export function slicesAt(names: readonly string[], from: number): number {
  let at = from;
  while (sliceName.test(names[at] ?? '')) at++;
  return at;
}
