import type { AttachRequest, AttachSetting } from '../load_request.js';
import { interfaceKinds } from './interface_kinds.js';
import { tracingKinds } from './tracing_kinds.js';

/** Kinds of programs that are attached alike. */
export type Family =
  /** To the hook that the section names, by libbpf; a program of section `syscall` runs when the exporter asks for it. */
  | 'section'
  | 'kernel_function'
  | 'user_code'
  | 'perf_event'
  | 'interface'
  | 'cgroup'
  /** To a map of sockets of the object. */
  | 'sockets'
  /** To nothing that this exporter knows. */
  | 'unsuitable';

/** A kind of BPF program: what its section says about its hook, and what the probe file must say. */
export interface Kind {
  /** As in `type` of the probe file, where a program can be given this kind. */
  readonly name: string;
  /** Matches the whole section. Its group `target` is what the section says about the hook. */
  readonly section: RegExp;
  readonly family: Family;
  /** Settings that make sense for this kind. */
  readonly settings: readonly AttachSetting[];
  /** `enum bpf_prog_type` and `enum bpf_attach_type`, for sections that libbpf does not know. Undefined: the section must be right. */
  readonly numbers?: { readonly type: number; readonly attachType: number };
  /** What is missing if neither the section nor the settings say where the hook is; undefined if nothing is. */
  missing?(target: string | undefined, settings: AttachRequest): Missing | undefined;
  /** For the family `unsuitable`: why. A clause that follows "because". */
  readonly reason?: string;
}

/** What a program lacks. */
export interface Missing {
  /** What nothing says. A clause such as "which cgroup it is attached to". */
  readonly what: string;
  /** A mapping of YAML that says it. */
  readonly example: string;
}

/** A program of an object with its kind. */
export interface Hook {
  readonly program: string;
  readonly section: string;
  readonly kind: Kind;
  /** The group `target` of the section. */
  readonly target: string | undefined;
  readonly settings: AttachRequest;
}

const kinds: readonly Kind[] = [...tracingKinds, ...interfaceKinds];

/**
 * The hook of a program. The setting `type` goes before the section, whose target counts only if the section is of that kind.
 * @returns undefined if no kind has this section
 */
export function hookOf(program: string, section: string, settings: AttachRequest = {}): Hook | undefined {
  const kind = kinds.find(({ name, section: pattern }) =>
    settings.type === undefined ? pattern.test(section) : settings.type === name,
  );
  if (kind === undefined) return undefined;
  return { program, section, kind, target: kind.section.exec(section)?.groups?.target, settings };
}
