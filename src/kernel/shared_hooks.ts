/** What the loader knows of a hook at which one program is attached that calls the handlers of all probes. */
export interface HookDescription {
  /** Name of the object in bpf/. It stands where others have the name of their probe. */
  readonly name: string;
  /** The program that is attached, in the three variants of bpf/include/preemption.h. */
  readonly program: string;
  /** The program's twin, if interrupts reach the hook. */
  readonly twin?: string;
  /** The maps of bpf/include/handlers.h begin with it. */
  readonly prefix: string;
  /** Other maps that objects with handlers may declare. */
  readonly counts: readonly string[];
  /** Results that an event can have: lists of handlers for each kind of events. */
  readonly results: number;
  /** What handlers want, for an error. */
  readonly events: string;
}

/** bpf/syscall_exits.bpf.c */
export const syscallExits = {
  name: 'syscall_exits',
  program: 'dispatch_call',
  prefix: 'syscall',
  counts: ['syscall_exits', 'unnamed_syscall_exits'],
  results: 2,
  events: 'system calls',
} as const satisfies HookDescription;

/** bpf/tcp_states.bpf.c */
export const tcpStates = {
  name: 'tcp_states',
  program: 'dispatch_change',
  twin: 'dispatch_change_nested',
  prefix: 'tcp_state',
  counts: ['tcp_state_changes'],
  results: 1,
  events: 'changes of TCP states',
} as const satisfies HookDescription;

export const hookDescriptions: readonly HookDescription[] = [syscallExits, tcpStates];

export type HookName = typeof syscallExits.name | typeof tcpStates.name;

/** Names of the maps of a hook by their purpose; see bpf/include/handlers.h. */
export function handlerMaps({ prefix }: HookDescription) {
  return {
    handlers: `${prefix}_handlers`,
    lists: `${prefix}_handler_lists`,
    measured: `${prefix}_handlers_measured`,
    time: `${prefix}_handler_time`,
  };
}

/** Names of all maps that objects with handlers of a hook may declare. */
export function sharedMaps(hook: HookDescription): string[] {
  return [...hook.counts, ...Object.values(handlerMaps(hook))];
}
